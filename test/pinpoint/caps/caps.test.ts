import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dynamoCaps } from '../../../lambdas/pinpoint/caps/caps.aws.ts';
import { documentClient } from '../../../lambdas/shared/dynamodb.aws.ts';
import { type DynamoDb, startDynamoDb } from '../../support/dynamodb.ts';
import { createTables, dynamoAt, tableName } from '../../support/tables.ts';
import { capsContract, NOW, runOf } from './caps.contract.ts';
import { memoryCaps } from './support/memory.ts';

const TABLE = tableName('pinpoint-runs');
let dynamoDb: DynamoDb;
let client: ReturnType<typeof documentClient>;
beforeAll(async () => {
  dynamoDb = await startDynamoDb();
  await createTables(dynamoDb.url, 'pinpoint-runs');
  client = documentClient(dynamoAt(dynamoDb.url));
});
afterAll(async () => {
  client.destroy();
  await dynamoDb.close();
});

capsContract('DynamoDB', async () => dynamoCaps(TABLE, client));
capsContract('memory', async () => memoryCaps());

describe('the row of an endpoint', () => {
  it('has a key of its own among the runs, and a time to live in seconds', async () => {
    await dynamoCaps(TABLE, client).take(runOf('app-1', 'a', '1', { daily: 1 }), ['e'], NOW);
    const row = await client.send(
      new GetCommand({ TableName: TABLE, Key: { pk: 'cap#app-1#e', sk: 'cap' } }),
    );
    expect(row.Item).toMatchObject({ expiresAt: NOW / 1000 + 25 * 3_600 });
  });

  it('is not written when there is nothing to count', async () => {
    const caps = dynamoCaps(TABLE, client);
    await caps.take(runOf('app-2', 'a', '1', { total: 1 }), ['e'], NOW);
    const key = { TableName: TABLE, Key: { pk: 'cap#app-2#e', sk: 'cap' } };
    const before = await client.send(new GetCommand(key));
    await caps.take(runOf('app-2', 'a', '2', { total: 1 }), ['e'], NOW);
    await caps.take(runOf('app-2', 'a', '1', { total: 1 }), ['e'], NOW);
    expect((await client.send(new GetCommand(key))).Item).toEqual(before.Item);
  });
});
