import { GetCommand } from '@aws-sdk/lib-dynamodb';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dynamoLists } from '../../../lambdas/segments/lists/lists.aws.ts';
import { shardOf } from '../../../lambdas/segments/lists/shards.ts';
import { startTable } from '../support/table.ts';
import { listsContract } from './lists.contract.ts';
import { memoryLists, someList } from './support/memory.ts';

let dynamo: Awaited<ReturnType<typeof startTable>>;
beforeAll(async () => {
  dynamo = await startTable();
});
afterAll(() => dynamo.close());

describe('lists on DynamoDB', () => listsContract(() => dynamoLists(dynamo.table, dynamo.client)));
it('forgets a list that never came to anything, and none that has been matched', async () => {
  const lists = dynamoLists(dynamo.table, dynamo.client);
  const createdAt = '2026-03-01T00:00:00.000Z';
  const aWeekLater = Date.parse('2026-03-08T00:00:00.000Z') / 1000;
  let stored = await lists.create(someList('expiring', { createdAt, state: 'open' }));
  for (const state of ['open', 'matching', 'ready', 'failed', 'deleting'] as const) {
    stored = stored && (await lists.replace(stored, { ...stored.list, state }));
    const { Item } = await dynamo.client.send(
      new GetCommand({ TableName: dynamo.table, Key: { pk: 'lists', sk: 'expiring' } }),
    );
    const expires = state === 'open' || state === 'failed' ? aWeekLater : undefined;
    expect([state, Item?.['list'].state, Item?.['expiresAt']]).toEqual([state, state, expires]);
  }
});
describe('lists in memory', () => listsContract(memoryLists));

describe('rows of a list', () => {
  it('fill evenly, so that none grows beyond what DynamoDB takes (400 KB)', () => {
    for (const nameOf of [
      (n: number) => String(n),
      (n: number) => `u-${String(n).padStart(12, '0')}`,
      (n: number) => `회원${n * 7919}`,
    ]) {
      const shards = 200;
      const sizes = new Array<number>(shards).fill(0);
      for (let n = 0; n < shards * 500; n++) {
        const shard = shardOf(nameOf(n), shards);
        sizes[shard] = (sizes[shard] ?? 0) + 1;
      }
      // 128 characters of 3 bytes each, a thousand times, are below 400 KB.
      expect(Math.max(...sizes)).toBeLessThan(1000);
    }
  });
});
