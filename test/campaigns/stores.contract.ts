import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import type { Campaign, CampaignLine, CampaignState } from '../../lambdas/campaigns/campaign.ts';
import { lineOf } from '../../lambdas/campaigns/line.ts';
import type { CampaignStore, ListQuery } from '../../lambdas/campaigns/ports.ts';
import { shardOf } from '../../lambdas/campaigns/sends/due.ts';
import type { DueStore, SendStore, VersionStore } from '../../lambdas/campaigns/sends/ports.ts';
import { newSend } from '../../lambdas/campaigns/sends/send.ts';
import { campaignAt } from './support/campaigns.ts';

const START = Date.parse('2026-11-21T12:00:00.000Z');
const iso = (minute: number): string => new Date(START + minute * 60_000).toISOString();

const campaignOf = (minute = 0, more: Partial<Campaign> = {}): Campaign => campaignAt(iso(minute), more);

const sendOf = () => newSend(campaignOf(), iso(0), { at: START, by: 'tick', windowMs: 6 * 3_600_000 });

interface Stores {
  readonly campaigns: CampaignStore;
  readonly sends: SendStore;
  readonly versions: VersionStore;
  readonly due: DueStore;
}

/** What every store of campaigns and sends promises. */
export function campaignStoresContract(open: () => Stores): void {
  it('creates each campaign once and gives it back as it was', async () => {
    const { campaigns, sends } = open();
    const campaign = campaignOf();
    expect(await campaigns.create(campaign)).toBe(true);
    expect(await campaigns.create({ ...campaign, name: 'other' })).toBe(false);
    expect(await campaigns.get(campaign.id)).toEqual(campaign);
    expect(await campaigns.get(randomUUID())).toBeUndefined();
    // Longer than a key may be.
    expect(await campaigns.get('x'.repeat(3000))).toBeUndefined();
    expect(await sends.get(campaign.id, 'x'.repeat(3000))).toBeUndefined();
  });

  it('lets one of two writers that read the same campaign win', async () => {
    const { campaigns } = open();
    const read = campaignOf();
    await campaigns.create(read);
    const won = await campaigns.replace({ ...read, status: 'cancelled' });
    expect(won).toEqual({ ...read, status: 'cancelled', revision: 2 });
    expect(await campaigns.replace({ ...read, status: 'completed' })).toBeUndefined();
    expect(await campaigns.get(read.id)).toEqual(won);
  });

  it('looks a campaign up from its moment on, until it has none', async () => {
    const { campaigns, due } = open();
    const campaign = campaignOf(0, { dueAt: iso(1) });
    const mine = async (minute: number) =>
      (await due.due(shardOf(campaign.id), START + minute * 60_000, 100)).filter(
        ({ campaignId }) => campaignId === campaign.id,
      );
    await campaigns.create(campaign);
    expect(await mine(0)).toEqual([]);
    expect(await mine(1)).toEqual([{ campaignId: campaign.id, dueAt: iso(1) }]);
    const { dueAt: _, ...done } = campaign;
    await campaigns.replace(done);
    expect(await mine(2)).toEqual([]);
  });

  it('tells what a campaign says in its own version, and in one that was kept before an edit', async () => {
    const { campaigns, versions } = open();
    const campaign = campaignOf();
    await campaigns.create(campaign);
    const first = await versions.get(campaign.id, 1);
    expect(first).toMatchObject({ name: 'n', variants: campaign.variants });
    await versions.keep(campaign);
    await campaigns.replace({ ...campaign, version: 2, name: 'changed' });
    expect(await versions.get(campaign.id, 1)).toEqual(first);
    expect(await versions.get(campaign.id, 2)).toMatchObject({ name: 'changed' });
    expect(await versions.get(campaign.id, 3)).toBeUndefined();
    expect(await open().versions.get(randomUUID(), 1)).toBeUndefined();
  });

  it('finds the last sends of a campaign, newest first, and all of them oldest first', async () => {
    const { sends } = open();
    const campaign = campaignOf();
    const at = (minute: number) =>
      newSend(campaign, iso(minute), { at: START, by: 'tick', windowMs: 6 * 3_600_000 });
    for (const minute of [3, 1, 2]) await sends.create(at(minute));
    const times = (found: readonly { scheduledFor: string }[]) =>
      found.map(({ scheduledFor }) => scheduledFor);
    expect(times(await sends.list(campaign.id))).toEqual([1, 2, 3].map(iso));
    expect(times(await sends.latest(campaign.id, 2))).toEqual([3, 2].map(iso));
  });

  it('lets one of many claim a due row, and tells which revision it then has', async () => {
    const { sends, due } = open();
    const send = sendOf();
    const created = await sends.create(send);
    if (!created) throw new Error('not created');
    await sends.replace(created, { ...send, dueAt: iso(1) });
    const [row] = (await due.due(shardOf(send.campaignId), START + 60_000, 100)).filter(
      ({ sendId }) => sendId === send.id,
    );
    if (!row) throw new Error('not due');
    const claims = await Promise.all([1, 2, 3].map(() => due.claim(row, START + 120_000)));
    expect(claims.filter((claim) => claim !== false)).toEqual([{ revision: 2 }]);
    expect(await sends.get(send.campaignId, send.id)).toMatchObject({ revision: 2, send: { dueAt: iso(2) } });
  });

  it('lets one of two writers that read the same send win; without a moment it is due no more', async () => {
    const { sends, due } = open();
    const send = sendOf();
    const created = await sends.create(send);
    if (!created) throw new Error('not created');
    expect(await sends.create(send)).toBeUndefined();
    const won = await sends.replace(created, { ...send, failures: 1 });
    expect(won).toEqual({ send: { ...send, failures: 1 }, revision: 2 });
    expect(await sends.replace(created, { ...send, failures: 9 })).toBeUndefined();
    expect(await sends.get(send.campaignId, send.id)).toEqual(won);
    expect(await sends.list(send.campaignId)).toEqual([{ ...send, failures: 1 }]);
    const rows = await due.due(shardOf(send.campaignId), START + 1e9, 100);
    expect(rows.filter(({ sendId }) => sendId === send.id)).toEqual([]);
  });

  const listed = async (
    { campaigns }: Stores,
    query: Omit<ListQuery, 'limit'>,
    among: readonly Campaign[],
  ) => {
    const seen: CampaignLine[] = [];
    for (let after: string | undefined, pages = 0; pages < 1000; pages++) {
      const page = await campaigns.list({ ...query, limit: 2, ...(after === undefined ? {} : { after }) });
      seen.push(...page.lines);
      after = page.after;
      if (after === undefined) break;
    }
    return seen.filter(({ id }) => among.some((campaign) => campaign.id === id));
  };

  it('lists the campaigns of a state newest first, by pages, each once, with what the index holds', async () => {
    const stores = open();
    const made = [3, 1, 2, 5, 4].map((minute) => campaignOf(1000 + minute));
    for (const campaign of made) await stores.campaigns.create(campaign);
    for (const campaign of made.slice(0, 2))
      await stores.campaigns.replace({ ...campaign, status: 'cancelled' });
    const times = async (state: CampaignState) =>
      (await listed(stores, { state }, made)).map(({ createdAt }) => createdAt);
    expect(await times('scheduled')).toEqual([5, 4, 2].map((minute) => iso(1000 + minute)));
    expect(await times('cancelled')).toEqual([3, 1].map((minute) => iso(1000 + minute)));
    const [newest] = await listed(stores, { state: 'scheduled' }, made);
    expect(newest).toEqual(lineOf(made[3] ?? campaignOf()));
  });

  it('finds campaigns by a part of their name, whatever its case and composition', async () => {
    const stores = open();
    const names = ['봄 세일 A', '가을 Sale', '봄맞이'.normalize('NFD')];
    const made = names.map((name, minute) => campaignOf(2000 + minute, { name }));
    for (const campaign of made) await stores.campaigns.create(campaign);
    const found = async (q: string) =>
      (await listed(stores, { state: 'scheduled', q }, made)).map(({ name }) => names.indexOf(name)).sort();
    expect(await found('봄')).toEqual([0, 2]);
    expect(await found('SALE')).toEqual([1]);
    expect(await found('여름')).toEqual([]);
  });
}
