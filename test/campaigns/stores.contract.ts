import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import type { Campaign } from '../../lambdas/campaigns/campaign.ts';
import type { CampaignStore, DueStore, SendStore } from '../../lambdas/campaigns/ports.ts';
import { shardOf } from '../../lambdas/campaigns/sends/due.ts';
import { firstSend } from '../../lambdas/campaigns/sends/send.ts';

const START = Date.parse('2026-11-21T12:00:00.000Z');
const iso = (minute: number): string => new Date(START + minute * 60_000).toISOString();

const campaignOf = (id: string = randomUUID(), minute = 0): Campaign => ({
  id,
  name: 'n',
  segment: 'cart',
  channel: 'push',
  purpose: 'informational',
  variants: [{ id: '0', name: 'A', weight: 10_000, content: { title: '{{User.UserId}}', message: 'm' } }],
  holdout: 0,
  schedule: { kind: 'at', at: iso(minute) },
  policy: { label: false, night: 'hold' },
  missing: 'skip',
  defaults: {},
  status: 'scheduled',
  next: { at: iso(minute) },
  open: {},
  version: 1,
  revision: 1,
  createdAt: iso(minute),
  createdBy: 'key-1',
  changedAt: iso(minute),
  changedBy: 'key-1',
});

interface Stores {
  readonly campaigns: CampaignStore;
  readonly sends: SendStore;
  readonly due: DueStore;
}

/** What every store of campaigns and sends promises. */
export function campaignStoresContract(open: () => Stores): void {
  it('creates each campaign once and gives it back as it was', async () => {
    const { campaigns } = open();
    const campaign = campaignOf();
    expect(await campaigns.create(campaign, START)).toBe(true);
    expect(await campaigns.create({ ...campaign, name: 'other' }, START)).toBe(false);
    expect(await campaigns.get(campaign.id)).toEqual(campaign);
    expect(await campaigns.get(randomUUID())).toBeUndefined();
  });

  it('looks a campaign up as due until its send is opened', async () => {
    const { campaigns, due } = open();
    const campaign = campaignOf();
    const mine = async (minute: number) =>
      (await due.due(shardOf(campaign.id), START + minute * 60_000, 100)).filter(
        ({ campaignId }) => campaignId === campaign.id,
      );
    await campaigns.create(campaign, START + 60_000);
    expect(await mine(0)).toEqual([]);
    expect(await mine(1)).toEqual([{ campaignId: campaign.id, dueAt: iso(1) }]);
    await campaigns.opened(campaign.id);
    expect(await mine(2)).toEqual([]);
  });

  it('lets one of many claim a due row, and tells which revision it then has', async () => {
    const { sends, due } = open();
    const send = firstSend({ ...campaignOf(), sendAt: iso(0) });
    const created = await sends.create(send);
    if (!created) throw new Error('not created');
    await sends.replace(created, { ...send, dueAt: iso(1) });
    const [row] = (await due.due(shardOf(send.campaignId), START + 60_000, 100)).filter(
      ({ sendId }) => sendId === send.id,
    );
    if (!row) throw new Error('not due');
    const claims = await Promise.all([1, 2, 3].map(() => due.claim(row, START + 120_000)));
    expect(claims.filter((claim) => claim !== false)).toEqual([{ revision: 2 }]);
    expect((await sends.get(send.campaignId, send.id))?.send.dueAt).toBe(iso(2));
  });

  it('lets one of two writers that read the same send win; without a moment it is due no more', async () => {
    const { sends, due } = open();
    const send = firstSend({ ...campaignOf(), sendAt: iso(0) });
    const created = await sends.create(send);
    if (!created) throw new Error('not created');
    expect(await sends.create(send)).toBeUndefined();
    const { dueAt: _, ...ended } = send;
    const won = await sends.replace(created, { ...ended, failures: 1 });
    expect(won).toEqual({ send: { ...ended, failures: 1 }, revision: 2 });
    expect(await sends.replace(created, { ...send, failures: 9 })).toBeUndefined();
    expect(await sends.get(send.campaignId, send.id)).toEqual(won);
    expect(await sends.list(send.campaignId)).toEqual([{ ...ended, failures: 1 }]);
    const rows = await due.due(shardOf(send.campaignId), START + 1e9, 100);
    expect(rows.filter(({ sendId }) => sendId === send.id)).toEqual([]);
  });

  it('lists newest first, by pages and by state, each campaign once', async () => {
    const { campaigns } = open();
    const made = [3, 1, 2, 5, 4].map((minute) => campaignOf(randomUUID(), 1000 + minute));
    for (const campaign of made) await campaigns.create(campaign, START);
    for (const campaign of made.slice(0, 2)) await campaigns.showState(campaign, 'completed');
    const all = async (state?: 'completed') => {
      const seen: Campaign[] = [];
      let after: string | undefined;
      do {
        const page = await campaigns.list(2, after, state);
        seen.push(...page.campaigns);
        after = page.after;
      } while (after !== undefined);
      const ids = new Set(made.map(({ id }) => id));
      return seen.filter(({ id }) => ids.has(id)).map(({ createdAt }) => createdAt);
    };
    expect(await all()).toEqual([5, 4, 3, 2, 1].map((minute) => iso(1000 + minute)));
    expect(await all('completed')).toEqual([3, 1].map((minute) => iso(1000 + minute)));
  });
}
