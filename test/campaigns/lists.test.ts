import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CAMPAIGN_STATES } from '../../lambdas/campaigns/campaign.ts';
import { createCampaign } from '../../lambdas/campaigns/create-campaign.ts';
import { getCalendar } from '../../lambdas/campaigns/get-calendar.ts';
import { getUpcoming } from '../../lambdas/campaigns/get-upcoming.ts';
import { type CampaignList, listCampaigns } from '../../lambdas/campaigns/list-campaigns.ts';
import { pauseCampaign } from '../../lambdas/campaigns/pause-campaign.ts';
import { campaignAt } from './support/campaigns.ts';
import { ctxAt, START, type World, workOff, world } from './support/worlds.ts';

const SMS = { segment: 'cart', channel: 'sms', message: 'm' };
const DAILY = { ...SMS, schedule: { unit: 'day', time: '09:00', from: '2026-11-22' } };

async function everything(w: World, query: Record<string, string>): Promise<string[]> {
  const ids: string[] = [];
  for (let after: string | undefined, pages = 0; pages < 200; pages++) {
    const page: CampaignList = await listCampaigns(w, {
      ...query,
      ...(after === undefined ? {} : { after }),
    });
    ids.push(...page.result.map(({ id }) => id));
    if (page.next === null) return ids;
    after = page.next;
  }
  throw new Error('no end');
}

describe('the list of campaigns', () => {
  it('has the columns of the spec', async () => {
    const w = world();
    const { id } = await createCampaign(w, ctxAt(START), { ...DAILY, name: '매일', ratePerMinute: 60 });
    expect((await listCampaigns(w, {})).result).toEqual([
      {
        id,
        name: '매일',
        segment: 'cart',
        channel: 'sms',
        purpose: 'informational',
        state: 'stopped',
        nextSendAt: null,
        messages: 0,
        successRate: null,
        period: { from: '2026-11-22', until: null },
        cycle: {
          ko: '매일 09:00 (Asia/Seoul), 2026-11-22부터',
          en: 'every day at 09:00 (Asia/Seoul), from 2026-11-22',
        },
        ratePerMinute: 60,
        completedAt: null,
        createdAt: new Date(START).toISOString(),
        changedAt: new Date(START).toISOString(),
      },
    ]);
  });

  it('shows the rate of the deployment where a campaign says none, and what became of its messages', async () => {
    const w = world();
    await createCampaign(w, ctxAt(START), SMS);
    await workOff(w, START);
    const other = { ...w, settings: { ...w.settings, ratePerMinute: 5000 } };
    expect((await listCampaigns(other, { state: 'completed' })).result).toMatchObject([
      {
        ratePerMinute: 5000,
        messages: 10,
        successRate: 1,
        completedAt: expect.stringMatching(/^2026-11-21T12/),
      },
    ]);
    expect((await listCampaigns(w, {})).result).toMatchObject([{ ratePerMinute: 'max', period: null }]);
  });

  it('over all states is complete and newest first, whatever the page', async () => {
    const place = fc.record({
      minute: fc.integer({ min: 0, max: 59 }),
      status: fc.constantFrom('draft', 'scheduled', 'stopped', 'cancelled', 'completed'),
      name: fc.constantFrom('spring', 'summer sale'),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(place, { maxLength: 25 }),
        fc.integer({ min: 1, max: 7 }),
        async (places, limit) => {
          const w = world();
          const made = places.map(({ minute, status, name }) =>
            campaignAt(`2026-11-21T12:${String(minute).padStart(2, '0')}:00.000Z`, { status, name }),
          );
          for (const campaign of made) await w.campaigns.create(campaign);
          const newest = [...made].sort((a, b) =>
            `${a.createdAt}${a.id}` < `${b.createdAt}${b.id}` ? 1 : -1,
          );
          const ids = (found: typeof made) => found.map(({ id }) => id);
          expect(await everything(w, { limit: String(limit) })).toEqual(ids(newest));
          expect(await everything(w, { limit: String(limit), q: 'SALE' })).toEqual(
            ids(newest.filter(({ name }) => name.includes('sale'))),
          );
          expect(await everything(w, { limit: String(limit), state: 'draft' })).toEqual(
            ids(newest.filter(({ status }) => status === 'draft')),
          );
        },
      ),
      { numRuns: 25 },
    );
  });

  it.each<[Record<string, string>, string, RegExp]>([
    [{ state: 'asleep' }, 'state', /allowed: draft, scheduled, stopped/],
    [{ limit: '0' }, 'limit', /from 1 to 100/],
    [{ limit: '1e1' }, 'limit', /from 1 to 100/],
    [{ q: ' ' }, 'q', /1 to 128 characters/],
    [{ after: '' }, 'after', /next of the page before/],
    [{ after: "2026-11-21T12:00:30.000Z#x' OR 1" }, 'after', /next of the page before/],
    [{ after: '9' }, 'after', /next of the page before/],
    [{ page: '2' }, 'page', /not a known parameter; allowed: limit, state, q, after/],
  ])('refuses %j', async (query, field, message) => {
    await expect(listCampaigns(world(), query)).rejects.toMatchObject({
      field,
      message: expect.stringMatching(message),
    });
  });

  it.each(CAMPAIGN_STATES)('knows the state %s', async (state) => {
    expect(await listCampaigns(world(), { state })).toEqual({ result: [], next: null });
  });
});

describe('the calendar', () => {
  it('tells the coming sends of all campaigns, and none of those that wait for somebody', async () => {
    const w = world();
    const daily = await createCampaign(w, ctxAt(START), { ...DAILY, start: true, name: 'daily' });
    const once = await createCampaign(w, ctxAt(START), {
      ...SMS,
      schedule: { at: '2026-11-23T12:00' },
      name: 'once',
    });
    await createCampaign(w, ctxAt(START), DAILY);
    await createCampaign(w, ctxAt(START), { ...SMS, draft: true });
    const calendar = await getCalendar(w, ctxAt(START), { from: '2026-11-22', to: '2026-11-25' });
    expect(calendar.next).toBeNull();
    expect(
      calendar.result.map(({ at, campaignId, name, recurring }) => [at, campaignId, name, recurring]),
    ).toEqual([
      ['2026-11-22T00:00:00.000Z', daily.id, 'daily', true],
      ['2026-11-23T00:00:00.000Z', daily.id, 'daily', true],
      ['2026-11-23T03:00:00.000Z', once.id, 'once', false],
      ['2026-11-24T00:00:00.000Z', daily.id, 'daily', true],
    ]);
  });

  it('goes on after its page although more than a page goes out at one instant', async () => {
    const w = world();
    const at = '2026-12-24T00:00:00.000Z';
    for (let index = 0; index < 1003; index++)
      await w.campaigns.create(campaignAt(at, { createdAt: new Date(START + index).toISOString() }));
    const first = await getCalendar(w, ctxAt(START), { from: '2026-12-24', to: '2026-12-25' });
    const rest = await getCalendar(w, ctxAt(START), {
      from: '2026-12-24',
      to: '2026-12-25',
      after: first.next ?? '',
    });
    const ids = [...first.result, ...rest.result].map(({ campaignId }) => campaignId);
    expect([first.result.length, rest.result.length, new Set(ids).size, rest.next]).toEqual([
      1000,
      3,
      1003,
      null,
    ]);
  });

  it.each<[Record<string, string>, string]>([
    [{ after: '' }, 'after'],
    [{ after: '2026-12-24T00:00:00.000Z' }, 'after'],
    [{ from: 'tomorrow' }, 'from'],
    [{ from: '2026-12-01', to: '2026-12-01' }, 'to'],
    [{ to: '2026-11-01' }, 'to'],
    [{ to: '2030-01-01' }, 'to'],
    [{ month: '12' }, 'month'],
  ])('refuses %j', async (query, field) => {
    await expect(getCalendar(world(), ctxAt(START), query)).rejects.toMatchObject({ field });
  });
});

describe('what is to come of one campaign', () => {
  it('is told for one that goes, and as if it were started or resumed now for one that does not', async () => {
    const w = world();
    const { id } = await createCampaign(w, ctxAt(START), { ...DAILY, start: true });
    const times = ['2026-11-22T00:00:00.000Z', '2026-11-23T00:00:00.000Z'];
    expect(await getUpcoming(w, ctxAt(START), id, { count: '2' })).toEqual({
      state: 'recurring',
      times,
      onceIt: null,
    });
    await pauseCampaign(w, ctxAt(START), id);
    expect(await getUpcoming(w, ctxAt(START), id, { count: '2' })).toEqual({
      state: 'paused',
      times,
      onceIt: 'resumes',
    });
    const stopped = await createCampaign(w, ctxAt(START), DAILY);
    expect(await getUpcoming(w, ctxAt(START), stopped.id, { count: '2' })).toEqual({
      state: 'stopped',
      times,
      onceIt: 'starts',
    });
  });

  it('is one time for one that goes out once, and none for one that did', async () => {
    const w = world();
    const later = await createCampaign(w, ctxAt(START), { ...SMS, schedule: { at: '2026-11-23T12:00' } });
    expect((await getUpcoming(w, ctxAt(START), later.id, {})).times).toEqual(['2026-11-23T03:00:00.000Z']);
    const sent = await createCampaign(w, ctxAt(START), SMS);
    await workOff(w, START);
    expect((await getUpcoming(w, ctxAt(START), sent.id, {})).times).toEqual([]);
    await expect(getUpcoming(w, ctxAt(START), sent.id, { count: '101' })).rejects.toMatchObject({
      field: 'count',
    });
  });
});
