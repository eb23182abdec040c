import { DAY_MS } from '../../shared/durations.ts';
import { RepointError } from '../../shared/errors.ts';
import { watchedQuery } from '../../shared/finished-query.ts';
import type { Queries, QueryRow, QueryRows } from '../../shared/queries.ts';
import { sqlText } from '../../shared/sql-text.ts';
import type { Time } from '../../shared/time.ts';
import type { VariantResults } from './ports.ts';
import type { VariantResult } from './results.ts';

/** A send that goes on longer is read as far as this: a week's files are read for each. */
const LONGEST_SEND_WEEKS = 5;
/** Whoever asks again within this time, as after a wait that was too long, gets the answer of the same query. */
const SAME_QUERY_MS = 5 * 60_000;
const POLL_MS = { first: 500, longest: 500 } as const;
const LONGEST_WAIT_MS = 20_000;

/**
 * What became of a send's variants, from the view `variant_results`. One Athena query: it reads the ledger and the events
 * of the send's week and the next one several times over, some 10–30 GB, $0.05–0.15, at three million events a day.
 */
export function athenaVariantResults(deps: {
  readonly queries: Queries & QueryRows;
  readonly time: Time;
}): VariantResults {
  const { queries, time } = deps;
  return {
    async of(campaignId, sendId) {
      const token = `variant-results ${sendId} ${Math.floor(time.now() / SAME_QUERY_MS)}`;
      const query = await queries.start(resultsQuery(campaignId, sendId), token);
      const patience = { until: time.now() + LONGEST_WAIT_MS, pollMs: POLL_MS };
      const answer = await watchedQuery({ queries, time }, query, patience);
      if (answer.state === 'succeeded') return (await queries.rows(query)).map(resultOf);
      if (answer.state === 'failed') throw unknown(`the query failed: ${answer.reason}`);
      throw unknown(`the query runs longer than ${LONGEST_WAIT_MS / 1000} s`);
    },
  };
}

const unknown = (why: string): RepointError =>
  new RepointError('unavailable', `The results of the variants are not known yet: ${why}`);

/** A send's first message goes out in the week its id tells, or later; an id that tells none is looked for everywhere. */
export function resultsQuery(campaignId: string, sendId: string): string {
  const day = /-(\d{4})(\d\d)(\d\d)T\d{4}$/.exec(sendId)?.slice(1).join('-');
  const weeks =
    day === undefined
      ? ''
      : `\n  AND week BETWEEN ${weekOf(day, 0)} AND ${weekOf(day, LONGEST_SEND_WEEKS - 1)}`;
  return `SELECT variant, max(currency) AS currency,
  sum(members) AS members, sum(sent) AS sent, sum(delivered) AS delivered, sum(opened) AS opened, sum(clicked) AS clicked,
  sum(converted) AS converted, sum(orders) AS orders, sum(revenue) AS revenue, sum(revenue_squares) AS revenue_squares
FROM variant_results
WHERE campaign_id = ${sqlText(campaignId)} AND send_id = ${sqlText(sendId)} AND part = 'first'${weeks}
GROUP BY variant`;
}

/** Literal of the Monday of a day's week, and weeks later. */
function weekOf(day: string, weeks: number): string {
  const at = Date.parse(`${day}T00:00:00Z`);
  const sinceMonday = (new Date(at).getUTCDay() + 6) % 7;
  return `DATE ${sqlText(new Date(at + (7 * weeks - sinceMonday) * DAY_MS).toISOString().slice(0, 10))}`;
}

function resultOf(row: QueryRow): VariantResult {
  const number = (column: string): number => Number(row[column] ?? 0);
  const { variant, currency } = row;
  return {
    variantId: variant ?? '',
    members: number('members'),
    sent: number('sent'),
    delivered: number('delivered'),
    opened: number('opened'),
    clicked: number('clicked'),
    converted: number('converted'),
    orders: number('orders'),
    revenue: number('revenue'),
    revenueSquares: number('revenue_squares'),
    ...(currency == null ? {} : { currency }),
  };
}
