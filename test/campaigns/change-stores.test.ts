import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { dynamoChanges, dynamoLikenesses } from '../../lambdas/campaigns/change-store.aws.ts';
import type { CampaignChange, ChangeStore, LikenessStore } from '../../lambdas/campaigns/ports.ts';
import { memoryChanges } from './support/parts.ts';
import { startCampaignsTable } from './support/table.ts';

const change = (seq: number): CampaignChange => ({
  seq,
  what: 'edited',
  at: '2026-11-21T12:00:00.000Z',
  by: 'key-1',
  version: seq,
});

/** What every store of changes and of likenesses promises. */
function contract(open: () => ChangeStore & LikenessStore): void {
  it('keeps each change of a campaign once, in order', async () => {
    const [store, id] = [open(), randomUUID()];
    for (const seq of [2, 10, 1, 2]) await store.keep(id, change(seq));
    await store.keep(randomUUID(), change(7));
    expect(await store.list(id)).toEqual([change(1), change(2), change(10)]);
  });

  it('finds what is alike, the latest first', async () => {
    const [store, print] = [open(), randomUUID()];
    const likenesses = [21, 23, 22].map((day) => ({
      campaignId: `c${day}`,
      at: `2026-11-${day}T12:00:00.000Z`,
      until: `2026-11-${day}T12:00:00.000Z`,
    }));
    for (const likeness of [...likenesses, ...likenesses]) await store.remember(print, likeness);
    await store.remember(randomUUID(), { campaignId: 'other', at: change(1).at, until: change(1).at });
    expect((await store.alike(print)).map(({ campaignId }) => campaignId)).toEqual(['c23', 'c22', 'c21']);
  });
}

let dynamo: Awaited<ReturnType<typeof startCampaignsTable>>;
beforeAll(async () => {
  dynamo = await startCampaignsTable();
});
afterAll(() => dynamo.close());

describe('changes on DynamoDB', () =>
  contract(() => ({
    ...dynamoChanges(dynamo.table, dynamo.client),
    ...dynamoLikenesses(dynamo.table, dynamo.client),
  })));
describe('changes in memory', () => contract(memoryChanges));
