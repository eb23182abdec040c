import type { AddressInfo } from 'node:net';
import dynalite from 'dynalite';
import { afterAll } from 'vitest';
import { dynamoRunStore } from '../../../lambdas/pinpoint/runs/run-store.aws.ts';
import { documentClient } from '../../../lambdas/shared/dynamodb.aws.ts';
import { createTables, dynamoAt, tableName } from '../../support/tables.ts';
import { runStoreContract } from './run-store.contract.ts';
import { memoryRunStore } from './support/memory.ts';

const server = dynalite({ createTableMs: 0, updateTableMs: 0, deleteTableMs: 0 });
afterAll(() => new Promise<void>((resolve) => void server.close(() => resolve())));

runStoreContract('DynamoDB', async () => {
  await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', () => resolve()));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  await createTables(url, 'pinpoint-runs');
  return dynamoRunStore(tableName('pinpoint-runs'), documentClient(dynamoAt(url)));
});
runStoreContract('memory', async () => memoryRunStore());
