/** Computed values as SQL. Pure. */
import { DAY_MS } from '../../shared/durations.ts';
import { sqlTimestamp } from '../../shared/sql-text.ts';
import type { ComputedTest, EventMatch, TopTest, Window } from '../rule/plain.ts';
import type { Draft, Ranking } from './draft.ts';
import { ANY_ACTIVITY, textValue } from './match-sql.ts';
import { testSql } from './value-sql.ts';

const PURCHASE: EventMatch = { name: 'purchase', where: [] };
const VIEW: EventMatch = { name: 'view_item', where: [] };
const ACTIVITY: EventMatch = { name: ANY_ACTIVITY, where: [] };
const SCORES: readonly string[] = ['recency', 'frequency', 'monetary'];

/** The condition over a row of all sums, values and ranks of one person; never NULL. */
export function computedSql({ value, window, test }: ComputedTest, draft: Draft): string {
  if (value === 'preferredCategory') {
    if (test.operator === 'topPercent') return 'false';
    return testSql(test, textValue(favourite(window, draft)));
  }
  if (test.operator === 'topPercent') return topSql(value, window, test, draft);
  const number = numberSql(value, window, draft);
  return testSql(test, { number: `CAST(${number} AS double)`, present: `${number} IS NOT NULL` });
}

type NumberValue = Exclude<ComputedTest['value'], 'preferredCategory'>;

/** NULL when the person has no such value. */
function numberSql(value: NumberValue, window: Window, draft: Draft): string {
  switch (value) {
    case 'orders':
      return `coalesce(${orders(window, draft)}, 0)`;
    case 'revenue':
      return `coalesce(${revenue(window, draft)}, 0)`;
    case 'averageOrder':
      return `CAST(coalesce(${revenue(window, draft)}, 0) AS double) / nullif(${orders(window, draft)}, 0)`;
    case 'daysSinceLastOrder':
      return daysSince('max', PURCHASE, window, draft);
    case 'daysSinceFirstSeen':
      return daysSince('min', ACTIVITY, window, draft);
    case 'daysSinceLastSeen':
      return daysSince('max', ACTIVITY, window, draft);
    case 'couponShare':
      return `CAST(${withCoupon(window, draft)} AS double) / nullif(${orders(window, draft)}, 0)`;
    case 'orderGapRatio':
      return gapRatio(window, draft);
    default:
      return score(value, window, draft);
  }
}

const orders = (window: Window, draft: Draft): string =>
  draft.sums.name(`count_if(${draft.inWindow(PURCHASE, window)})`);

function revenue(window: Window, draft: Draft): string {
  draft.columns.add('revenue');
  const amount = draft.told.name('revenue');
  return draft.sums.name(`sum(CASE WHEN ${draft.inWindow(PURCHASE, window)} THEN ${amount} END)`);
}

function withCoupon(window: Window, draft: Draft): string {
  draft.columns.add('coupon').add('coupon_used');
  const coupon = draft.told.name(`(coalesce(coupon <> '', false) OR coalesce(coupon_used, false))`);
  return draft.sums.name(`count_if(${coupon} AND ${draft.inWindow(PURCHASE, window)})`);
}

const edge = (of: 'min' | 'max', match: EventMatch, window: Window, draft: Draft): string =>
  draft.sums.name(`${of}(CASE WHEN ${draft.inWindow(match, window)} THEN occurred_at END)`);

const elapsed = (since: string, draft: Draft): string =>
  `date_diff('millisecond', ${since}, ${sqlTimestamp(draft.asked.now)})`;

function daysSince(of: 'min' | 'max', match: EventMatch, window: Window, draft: Draft): string {
  return `greatest(${elapsed(edge(of, match, window, draft), draft)} / ${DAY_MS}, 0)`;
}

/** The two gaps in the middle are one and the same when their number is odd. */
function gapRatio(window: Window, draft: Draft): string {
  const at = draft.inWindow(PURCHASE, window);
  const times = draft.sums.name(`array_agg(occurred_at ORDER BY occurred_at) FILTER (WHERE ${at})`);
  const gaps = draft.ranking.values.name(
    `CASE WHEN cardinality(${times}) > 1 THEN array_sort(transform(sequence(1, cardinality(${times}) - 1), i -> date_diff('millisecond', ${times}[i], ${times}[i + 1]))) END`,
  );
  const median = `(${gaps}[(cardinality(${gaps}) + 1) / 2] + ${gaps}[cardinality(${gaps}) / 2 + 1]) / 2e0`;
  return `CAST(${elapsed(edge('max', PURCHASE, window, draft), draft)} AS double) / nullif(${median}, 0e0)`;
}

/** The category seen most often is counted beside the sums, by a grouping set of its own. */
function favourite(window: Window, draft: Draft): string {
  draft.columns.add('category');
  return draft.favourite(draft.inWindow(VIEW, window), draft.told.name('category'));
}

/** One rank of so many: within the share when rank - 1 < number x percent / 100, in whole numbers. */
function topSql(value: NumberValue, window: Window, { bound }: TopTest, draft: Draft): string {
  const counts = value === 'orders' || value === 'revenue';
  const number = counts
    ? `CASE WHEN ${orders(window, draft)} > 0 THEN ${numberSql(value, window, draft)} END`
    : numberSql(value, window, draft);
  const ranking = SCORES.includes(value) ? draft.reranking : draft.ranking;
  const ranked = ranking.values.name(number);
  const { rank, size } = rankOf(ranked, 'DESC', ranking);
  const { share, of } = ratio(bound);
  return `coalesce(${ranked} IS NOT NULL AND (${rank} - 1) * ${100 * of} < ${size} * ${share}, false)`;
}

/** A decimal number as a ratio of whole ones: 0.5 is 5 of 10. */
function ratio(value: number): { share: number; of: number } {
  const digits = (/\.(\d+)$/.exec(value.toFixed(6).replace(/0+$/, ''))?.[1] ?? '').length;
  return { share: Math.round(value * 10 ** digits), of: 10 ** digits };
}

function rankOf(column: string, order: 'ASC' | 'DESC', { ranks }: Ranking): { rank: string; size: string } {
  return {
    rank: ranks.name(`rank() OVER (PARTITION BY ${column} IS NULL ORDER BY ${column} ${order})`),
    size: ranks.name(`count(*) OVER (PARTITION BY ${column} IS NULL)`),
  };
}

function score(value: 'recency' | 'frequency' | 'monetary', window: Window, draft: Draft): string {
  const bought = `${orders(window, draft)} > 0`;
  const of =
    value === 'recency'
      ? edge('max', PURCHASE, window, draft)
      : value === 'frequency'
        ? orders(window, draft)
        : `coalesce(${revenue(window, draft)}, 0)`;
  const ranked = draft.ranking.values.name(`CASE WHEN ${bought} THEN ${of} END`);
  const { rank, size } = rankOf(ranked, 'ASC', draft.ranking);
  return `CASE WHEN ${ranked} IS NOT NULL THEN least(5, 1 + 5 * (${rank} - 1) / greatest(${size} - 1, 1)) END`;
}
