import type { AddressInfo } from 'node:net';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import dynalite from 'dynalite';
import { documentClient } from '../../../lambdas/shared/dynamodb.aws.ts';
import { createTables, dynamoAt, tableName } from '../../support/tables.ts';

export interface Dynamo {
  readonly client: DynamoDBDocumentClient;
  readonly members: string;
  readonly states: string;
  readonly close: () => Promise<void>;
}

/** The deployed templates' member tables on an embedded DynamoDB in memory. */
export async function startDynamo(): Promise<Dynamo> {
  const server = dynalite({ createTableMs: 0 });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', () => resolve()));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await createTables(endpoint, 'members', 'member-state');
  const client = dynamoAt(endpoint);
  return {
    client: documentClient(client),
    members: tableName('members'),
    states: tableName('member-state'),
    close: async () => {
      client.destroy();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
    },
  };
}
