import { watchedQuery } from '../../shared/finished-query.ts';
import type { Queries, QueryRow, QueryRows } from '../../shared/queries.ts';
import { logger } from '../../shared/telemetry.ts';
import type { Time } from '../../shared/time.ts';
import type { Channel } from '../content.ts';
import type { MonthUse, Usage } from './ports.ts';

/** Who asks again within this time gets the answer of the same query. */
const SAME_QUERY_MS = 60 * 60_000;
/** An estimate does not wait for the first answer of an hour: it says that the use is not known. */
const LONGEST_WAIT_MS = 1_500;
const POLL_MS = { first: 150, longest: 150 } as const;

/** The ledger's channel types as channels are priced here. The customers' own ends have no price. */
const PRICED: Readonly<Record<string, Channel>> = {
  ADM: 'push',
  APNS: 'push',
  APNS_SANDBOX: 'push',
  APNS_VOIP: 'push',
  APNS_VOIP_SANDBOX: 'push',
  BAIDU: 'push',
  GCM: 'push',
  EMAIL: 'email',
  SMS: 'sms',
};

/**
 * Counted from the ledger by Athena, once an hour however many ask: three columns of a month's files, some $0.0005 a
 * million messages, and of the days before what the view takes to count a recipient once.
 */
export const athenaMonthUse = (deps: {
  readonly queries: Queries & QueryRows;
  readonly time: Time;
}): MonthUse => ({
  async of(now) {
    try {
      return await counted(deps, now);
    } catch (cause) {
      // An estimate is worth more than its price's tiers.
      logger.warn('use of the month not known', { error: cause as Error });
      return undefined;
    }
  },
});

async function counted(
  { queries, time }: { readonly queries: Queries & QueryRows; readonly time: Time },
  now: number,
): Promise<Usage | undefined> {
  const hour = Math.floor(now / SAME_QUERY_MS);
  const patience = { until: time.now() + LONGEST_WAIT_MS, pollMs: POLL_MS };
  const query = await queries.start(useQuery(now), `month-use ${hour}`);
  const answer = await watchedQuery({ queries, time }, query, patience);
  if (answer.state === 'failed') throw new Error(answer.reason);
  return answer.state === 'succeeded' ? usageOf(await queries.rows(query)) : undefined;
}

export const useQuery = (now: number): string =>
  `SELECT channel, count(*) AS messages
FROM ledger_states
WHERE day >= DATE '${new Date(now).toISOString().slice(0, 7)}-01' AND status = 'sent'
GROUP BY channel`;

function usageOf(rows: readonly QueryRow[]): Usage {
  const usage: Partial<Record<Channel, number>> = {};
  for (const { channel, messages } of rows) {
    const priced = PRICED[channel ?? ''];
    if (priced) usage[priced] = (usage[priced] ?? 0) + Number(messages);
  }
  return usage;
}
