import type { AddressInfo } from 'node:net';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import dynalite from 'dynalite';
import { documentClient } from '../../../../lambdas/shared/dynamodb.aws.ts';
import { createTables, dynamoAt } from '../../../support/tables.ts';

export interface Dynamo {
  readonly client: DynamoDBDocumentClient;
  readonly close: () => Promise<void>;
}

/** Tables of the deployed templates, by their names without the prefix, on an embedded DynamoDB in memory. */
export async function startTables(...names: string[]): Promise<Dynamo> {
  const server = dynalite({ createTableMs: 0 });
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', () => resolve()));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await createTables(endpoint, ...names);
  const client = dynamoAt(endpoint);
  return {
    client: documentClient(client),
    close: async () => {
      client.destroy();
      await new Promise<void>((resolve) => void server.close(() => resolve()));
    },
  };
}
