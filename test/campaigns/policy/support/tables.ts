import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { documentClient } from '../../../../lambdas/shared/dynamodb.aws.ts';
import { startDynamoDb } from '../../../support/dynamodb.ts';
import { createTables, dynamoAt } from '../../../support/tables.ts';

export interface Dynamo {
  readonly client: DynamoDBDocumentClient;
  readonly close: () => Promise<void>;
}

/** Tables of the deployed templates, by their names without the prefix, on an embedded DynamoDB in memory. */
export async function startTables(...names: string[]): Promise<Dynamo> {
  const dynamoDb = await startDynamoDb();
  await createTables(dynamoDb.url, ...names);
  const client = dynamoAt(dynamoDb.url);
  return {
    client: documentClient(client),
    close: async () => {
      client.destroy();
      await dynamoDb.close();
    },
  };
}
