import { describe, expect, it } from 'vitest';
import {
  athenaVariantResults,
  resultsQuery,
} from '../../../lambdas/campaigns/variants/variant-results.aws.ts';
import { athenaQueries } from '../../../lambdas/shared/queries.aws.ts';
import type { Queries, QueryRows, QueryState } from '../../../lambdas/shared/queries.ts';
import { DATABASE, WORKGROUP } from '../../local/aws/support/athena.ts';
import { eventLine } from '../../local/aws/support/lake.ts';
import { lakeFixture } from '../../local/aws/support/lake-fixture.ts';

const CAMPAIGN = 'c1';
/** A Sunday evening: half of what follows lies in the next week. */
const SEND = 'c1-20261122T2300';

const recipient = (user: string, occurred_at: string, more: object = {}) => ({
  record_id: `r-${user}-${occurred_at}`,
  event_type: '_campaign.send',
  occurred_at,
  application_id: 'app',
  campaign_id: 'p1',
  activity_id: 'a1',
  treatment_id: '0',
  endpoint_id: `e-${user}`,
  user_id: user,
  message_id: `m-${user}`,
  channel: 'GCM',
  status: 'sent',
  reason: 'SUCCESS',
  campaign_tags: JSON.stringify({
    'repoint:campaign': CAMPAIGN,
    'repoint:send': SEND,
    'repoint:split': '0,500,1000,1000',
  }),
  day: occurred_at.slice(0, 10),
  ...more,
});
const purchase = (user: string, occurred_at: string, revenue: number) =>
  eventLine({
    event_id: `${user}-${occurred_at}`,
    name: 'purchase',
    user_id: user,
    occurred_at,
    properties: JSON.stringify({ transaction_id: `${user}-${occurred_at}`, revenue, currency: 'KRW' }),
  });

describe('the results of variants in Athena', () => {
  const lake = lakeFixture('events', 'message_events', 'touches', 'variant_results');
  const time = {
    now: () => Date.now(),
    sleep: (ms: number) => new Promise<void>((done) => setTimeout(done, ms / 50)),
  };
  const results = () =>
    athenaVariantResults({
      queries: athenaQueries({ workgroup: WORKGROUP, database: DATABASE }, lake.client()),
      time,
    });

  it('are those of the send, over the weeks it took, without what the winner got after the test', async () => {
    const rest = {
      message_id: 'm-u9-rest',
      campaign_tags: JSON.stringify({
        'repoint:campaign': CAMPAIGN,
        'repoint:send': SEND,
        'repoint:split': '2500,0,7500',
      }),
    };
    const monday = '2026-11-23 00:10:00.000';
    await lake.write('ledger_raw', [
      recipient('u1', '2026-11-22 23:00:00.000'),
      recipient('u2', monday),
      recipient('u3', monday, { treatment_id: '1' }),
      recipient('u4', monday, { treatment_id: null, status: 'skipped', reason: 'HOLDOUT' }),
      recipient('u5', monday, { status: 'skipped', reason: 'ENDPOINT_OPT_OUT' }),
      recipient('u9', monday, rest),
    ]);
    await lake.write('events_raw', [
      purchase('u2', '2026-11-25 10:00:00.000', 30_000),
      purchase('u2', '2026-11-26 10:00:00.000', 10_000),
      purchase('u4', '2026-11-25 10:00:00.000', 20_000),
    ]);
    const found = await results().of(CAMPAIGN, SEND);
    const none = { opened: 0, clicked: 0, converted: 0, orders: 0, revenue: 0, revenueSquares: 0 };
    expect([...found].sort((a, b) => (a.variantId < b.variantId ? -1 : 1))).toEqual([
      {
        ...none,
        variantId: '0',
        members: 3,
        sent: 2,
        delivered: 2,
        converted: 1,
        orders: 2,
        revenue: 40_000,
        revenueSquares: 1.6e9,
        currency: 'KRW',
      },
      { ...none, variantId: '1', members: 1, sent: 1, delivered: 1 },
      {
        ...none,
        variantId: 'holdout',
        members: 1,
        sent: 0,
        delivered: 0,
        converted: 1,
        orders: 1,
        revenue: 20_000,
        revenueSquares: 4e8,
        currency: 'KRW',
      },
    ]);
  });

  it('are none of a send the ledger does not know, whatever is in its name', async () => {
    expect(await results().of(CAMPAIGN, "x' OR '1' = '1")).toEqual([]);
  });
});

describe('a query for results', () => {
  it('names the weeks from that of the send on, so that no older files are read', () => {
    expect(resultsQuery('c1', 'c1-20261122T2300')).toContain(
      "week BETWEEN DATE '2026-11-16' AND DATE '2026-12-14'",
    );
    expect(resultsQuery('c1', 'c1-20261123T0000')).toContain("week BETWEEN DATE '2026-11-23'");
    expect(resultsQuery('c1', 'other')).not.toContain('week BETWEEN');
  });

  const queries = (states: readonly QueryState[]) => {
    const tokens: string[] = [];
    let asked = 0;
    const double: Queries & QueryRows = {
      start: async (_, token) => {
        tokens.push(token);
        return 'q';
      },
      state: async () => states[Math.min(asked++, states.length - 1)] ?? { state: 'running' },
      rows: async () => [{ variant: '0', members: '3', currency: null }],
    };
    return { tokens, double };
  };
  const clock = (start: number) => {
    let now = start;
    const sleep = async (ms: number) => {
      now += ms;
    };
    return { now: () => now, sleep };
  };

  it('is waited for, and an answer without figures counts as none', async () => {
    const { double } = queries([{ state: 'running' }, { state: 'running' }, { state: 'succeeded' }]);
    const [found] = await athenaVariantResults({ queries: double, time: clock(0) }).of('c1', 's1');
    expect(found).toMatchObject({ variantId: '0', members: 3, delivered: 0 });
    expect(found).not.toHaveProperty('currency');
  });

  it.each([
    ['fails', [{ state: 'failed', reason: 'no such view', retryable: false }], 'no such view'],
    ['lasts too long', [{ state: 'running' }], 'longer than'],
  ] as const)(
    'that %s is told as unavailable, and is the same one when it is asked for again',
    async (_, states, told) => {
      const { double, tokens } = queries(states);
      const results = athenaVariantResults({ queries: double, time: clock(0) });
      const asked = () =>
        expect(results.of('c1', 's1')).rejects.toMatchObject({
          code: 'unavailable',
          message: expect.stringContaining(told),
        });
      await asked();
      await asked();
      expect(new Set(tokens).size).toBe(1);
    },
  );
});
