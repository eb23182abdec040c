import { describe, expect, it } from 'vitest';
import { athenaMonthUse } from '../../../lambdas/campaigns/estimate/month-use.aws.ts';
import { RepointError } from '../../../lambdas/shared/errors.ts';
import { athenaQueries } from '../../../lambdas/shared/queries.aws.ts';
import { DATABASE, WORKGROUP } from '../../local/aws/support/athena.ts';
import { lakeFixture } from '../../local/aws/support/lake-fixture.ts';

const NOW = Date.parse('2026-11-22T03:00:00Z');

const message = (channel: string, day: string, status = 'sent', event_type = '_campaign.send') => ({
  record_id: `${channel} ${day} ${status} ${event_type}`,
  event_type,
  occurred_at: `${day} 12:00:00.000`,
  application_id: 'app',
  activity_id: 'run',
  endpoint_id: `${channel} ${day} ${status} ${event_type}`,
  message_id: 'm',
  channel,
  status,
  day,
});

describe("this month's use", () => {
  const lake = lakeFixture('ledger_states');
  const queries = () => athenaQueries({ workgroup: WORKGROUP, database: DATABASE }, lake.client());
  const patient = {
    now: () => 0,
    sleep: (ms: number) => new Promise<void>((done) => setTimeout(done, ms / 20)),
  };

  it('is the messages that providers took since the first of the month, by channel', async () => {
    await lake.write('ledger_raw', [
      message('GCM', '2026-11-01'),
      message('APNS', '2026-11-20'),
      message('EMAIL', '2026-11-20'),
      message('EMAIL', '2026-11-20', 'failed'),
      message('EMAIL', '2026-11-20', 'sent', '_email.open'),
      message('EMAIL', '2026-10-31'),
      message('CUSTOM', '2026-11-20'),
    ]);
    expect(await athenaMonthUse({ queries: queries(), time: patient }).of(NOW)).toEqual({
      push: 2,
      email: 1,
    });
  });

  it('is not known before its query has ended, and is the same query for an hour', async () => {
    const tokens = new Set<string>();
    let now = NOW;
    const slow = {
      start: async (_: string, token: string) => {
        tokens.add(token);
        return 'q';
      },
      state: async () => ({ state: 'running' as const }),
      rows: async () => [],
    };
    const sleep = async (ms: number) => {
      now += ms;
    };
    const use = athenaMonthUse({ queries: slow, time: { now: () => now, sleep } });
    expect(await use.of(NOW)).toBeUndefined();
    expect(now - NOW).toBeLessThan(2000);
    await use.of(NOW + 59 * 60_000);
    expect(tokens.size).toBe(1);
    await use.of(NOW + 60 * 60_000);
    expect(tokens.size).toBe(2);
  });

  it('is not known while Athena takes no queries, and keeps no estimate back', async () => {
    const busy = {
      start: async () => {
        throw new RepointError('too_many', 'Athena takes no more queries now');
      },
      state: async () => ({ state: 'running' as const }),
      rows: async () => [],
    };
    expect(await athenaMonthUse({ queries: busy, time: patient }).of(NOW)).toBeUndefined();
  });
});
