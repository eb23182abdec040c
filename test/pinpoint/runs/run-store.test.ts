import { afterAll } from 'vitest';
import { dynamoRunStore } from '../../../lambdas/pinpoint/runs/run-store.aws.ts';
import { documentClient } from '../../../lambdas/shared/dynamodb.aws.ts';
import { type DynamoDb, startDynamoDb } from '../../support/dynamodb.ts';
import { createTables, dynamoAt, tableName } from '../../support/tables.ts';
import { runStoreContract } from './run-store.contract.ts';
import { memoryRunStore } from './support/memory.ts';

let dynamoDb: DynamoDb | undefined;
afterAll(() => dynamoDb?.close());

runStoreContract('DynamoDB', async () => {
  dynamoDb = await startDynamoDb();
  await createTables(dynamoDb.url, 'pinpoint-runs');
  return dynamoRunStore(tableName('pinpoint-runs'), documentClient(dynamoAt(dynamoDb.url)));
});
runStoreContract('memory', async () => memoryRunStore());
