import { describe, expect, it } from 'vitest';
import type { Campaign } from '../../../lambdas/campaigns/campaign.ts';
import { replaced } from '../../../lambdas/campaigns/replaced.ts';
import { advanceSend } from '../../../lambdas/campaigns/sends/advance-send.ts';
import { openDue } from '../../../lambdas/campaigns/sends/open-due.ts';
import { queueDueSends } from '../../../lambdas/campaigns/sends/queue-due-sends.ts';
import { ctxAt, MINUTE_MS, tickFor, type World, workOff, world } from '../support/worlds.ts';
import { DAILY, recurringRow } from './support/campaigns.ts';

const HOUR_MS = 60 * MINUTE_MS;
const DAY_MS = 24 * HOUR_MS;
const FIRST = Date.parse('2026-11-21T00:00:00Z');
const day = (days: number): string => new Date(FIRST + days * DAY_MS).toISOString();

async function started(more: Partial<Campaign> = {}, recurrence = DAILY) {
  const w = world();
  await w.campaigns.create(recurringRow(FIRST - 1, recurrence, more));
  return w;
}
const campaignOf = async (w: World): Promise<Campaign> => {
  const campaign = await w.campaigns.get('c1');
  if (!campaign) throw new Error('no campaign');
  return campaign;
};
const sendsOf = async (w: World) =>
  (await w.sends.list('c1')).map(({ state, scheduledFor }) => [state, scheduledFor]);
const open = async (w: World, now: number) => openDue(w, ctxAt(now), await campaignOf(w));

describe('a recurring campaign', () => {
  it('sends at each of its times, once, however many ticks look at it', async () => {
    const w = await started();
    for (let days = 0; days < 3; days++) {
      const now = FIRST + days * DAY_MS;
      await Promise.all([1, 2, 3].map(() => queueDueSends(w, ctxAt(now))));
      await tickFor(w, now, 3);
    }
    expect(await sendsOf(w)).toEqual([0, 1, 2].map((days) => ['completed', day(days)]));
    const campaign = await campaignOf(w);
    expect(campaign).toMatchObject({ status: 'recurring', next: { at: day(3) }, dueAt: day(3), open: {} });
    expect(campaign.done.sends).toBe(3);
    expect(w.pinpoint.campaigns.size).toBe(3);
  });

  it('is completed once its last day is over', async () => {
    const w = await started({}, { ...DAILY, until: '2026-11-22' });
    for (const days of [0, 1, 2]) await tickFor(w, FIRST + days * DAY_MS, 2);
    expect(await sendsOf(w)).toEqual([0, 1].map((days) => ['completed', day(days)]));
    expect(await campaignOf(w)).toMatchObject({ status: 'completed', open: {} });
    expect((await campaignOf(w)).dueAt).toBeUndefined();
  });

  it('after days without a tick sends the latest that is less than six hours late, and records the others as missed', async () => {
    const w = await started();
    await tickFor(w, FIRST + 3 * DAY_MS + 6 * HOUR_MS - MINUTE_MS, 3);
    expect(await sendsOf(w)).toEqual([
      ['missed', day(0)],
      ['missed', day(1)],
      ['missed', day(2)],
      ['completed', day(3)],
    ]);
    const [first] = await w.sends.list('c1');
    expect(first?.history.at(-1)).toMatchObject({
      state: 'missed',
      why: `its next time, ${day(3)}, had come as well`,
    });
    expect(await campaignOf(w)).toMatchObject({ next: { at: day(4) }, open: {} });
  });

  it('six hours late has missed it, and says so', async () => {
    const w = await started();
    await tickFor(w, FIRST + 6 * HOUR_MS, 2);
    const [send] = await w.sends.list('c1');
    expect(send?.history.at(-1)?.why).toBe('360 minutes late; less than 360 are made up for');
    expect(w.pinpoint.imports.size).toBe(0);
    expect(await campaignOf(w)).toMatchObject({ next: { at: day(1) }, dueAt: day(1) });
  });

  it('after years without a tick records every one of its times', async () => {
    const w = await started();
    await tickFor(w, FIRST + 800 * DAY_MS, 2);
    const sends = await sendsOf(w);
    expect(sends.map(([, at]) => at)).toEqual(Array.from({ length: 801 }, (_, days) => day(days)));
    expect(sends.filter(([state]) => state !== 'missed')).toEqual([['completed', day(800)]]);
    expect((await campaignOf(w)).done.sends).toBe(801);
  });
});

describe('between the tick and the opening', () => {
  const change = (w: World, next: (campaign: Campaign) => Campaign) => replaced(w.campaigns, 'c1', next);

  it.each(['paused', 'cancelled', 'stopped'] as const)(
    'a campaign that is %s sends nothing',
    async (status) => {
      const w = await started();
      await queueDueSends(w, ctxAt(FIRST));
      await change(w, (read) => ({ ...read, status }));
      await workOff(w, FIRST);
      expect(await sendsOf(w)).toEqual([]);
    },
  );

  it('a pause that is written while it is opened wins or loses whole', async () => {
    const w = await started();
    const read = await campaignOf(w);
    await change(w, (campaign) => ({ ...campaign, status: 'paused' }));
    await openDue(w, ctxAt(FIRST), read);
    expect(await sendsOf(w)).toEqual([]);
    expect(w.queue.sent).toEqual([]);
  });

  it('a send that was opened and not begun rests with its campaign, and ends with it', async () => {
    for (const [status, state] of [
      ['paused', 'paused'],
      ['cancelled', 'cancelled'],
    ] as const) {
      const w = await started();
      await open(w, FIRST);
      await change(w, (campaign) => ({ ...campaign, status }));
      const [first] = w.queue.sent.splice(0);
      await advanceSend(w, ctxAt(FIRST), first?.body ?? { campaignId: '' });
      expect((await sendsOf(w))[0]?.[0]).toBe(state);
      expect(w.pinpoint.imports.size).toBe(0);
    }
  });
});

describe('a campaign that is edited', () => {
  it('says in each send what it said when that was opened', async () => {
    const w = await started();
    await open(w, FIRST);
    await w.versions.keep(await campaignOf(w));
    await replaced(w.campaigns, 'c1', (read) => ({ ...read, version: 2, name: 'changed' }));
    await workOff(w, FIRST);
    await tickFor(w, FIRST + DAY_MS, 2);
    expect([...w.pinpoint.campaigns.values()].map(({ request }) => request.Name)).toEqual([
      '오늘의 혜택',
      'changed',
    ]);
    expect((await w.sends.list('c1')).map(({ version }) => version)).toEqual([1, 2]);
  });
});
