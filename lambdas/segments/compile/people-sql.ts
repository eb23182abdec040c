/** One pass over the view `events` that gives a row of sums for each person. Pure. */
import { sqlText, sqlTimestamp } from '../../shared/sql-text.ts';
import { type Draft, favouriteColumn, spanSql } from './draft.ts';
import { ANY_ACTIVITY, namesSql } from './match-sql.ts';
import { firstKept, type Span, together, utcDay } from './spans.ts';
import { turnsSql } from './turns-sql.ts';

/** Steps of a WITH clause; the last one is `people` (member and one column a term). */
export interface PeopleSql {
  readonly steps: readonly string[];
  readonly days: { readonly from: string; readonly to?: string };
  readonly columns: readonly string[];
  /** Day from which the view `namings` is read too. */
  readonly namedFrom?: string;
}

/** Events that always name the member: their schemas ask for it. */
const NAMING = ['login', 'sign_up'];

/** `everybody`: whoever is named by any event kept has a row; otherwise only who has an event that the conditions ask for. */
export function peopleSql(draft: Draft, everybody: boolean): PeopleSql {
  const anonymous = [...draft.needs.keys()].some((name) => !NAMING.includes(name));
  const days = daysOf(draft, everybody);
  const relevant = relevantSql(draft, everybody);
  const near = draft.near.columns.length > 0;
  const seen = near ? 'near' : 'owned';
  const steps = [
    ...(anonymous ? browserSteps(draft, days, relevant) : [namedStep(draft, days, relevant)]),
    ...(near ? [`near AS (SELECT *${draft.near.sql()} FROM owned)`] : []),
    ...sumSteps(draft, seen),
    ...rankSteps(draft),
  ];
  const ids = anonymous ? ['user_id', 'anonymous_id'] : ['user_id'];
  const columns = [...new Set(['day', 'bot', 'occurred_at', ...ids, ...draft.columns])].sort();
  return { steps, days, columns, ...(anonymous ? { namedFrom: days.from } : {}) };
}

/** Each step adds columns to the row of the one before; a step without any is left out. */
function rankSteps({ ranking, reranking }: Draft): string[] {
  const steps = [
    { name: 'valued', terms: ranking.values },
    { name: 'ranked', terms: ranking.ranks },
    { name: 'revalued', terms: reranking.values },
    { name: 'reranked', terms: reranking.ranks },
  ].filter(({ terms }) => terms.columns.length > 0);
  const names = ['summed', ...steps.map(({ name }) => name)];
  return [
    ...steps.map(({ name, terms }, index) => `${name} AS (SELECT *${terms.sql()} FROM ${names[index]})`),
    `people AS (SELECT * FROM ${names.at(-1)})`,
  ];
}

/** Conditions on the days: what lies in no other day's files is not read. */
function daysOf(draft: Draft, everybody: boolean): PeopleSql['days'] {
  const spans = [...draft.needs.values()];
  const span = everybody ? {} : spans.reduce<Span>(together, spans[0] ?? {});
  const kept = firstKept(draft.asked);
  const from = span.from === undefined || utcDay(span.from) < kept ? kept : utcDay(span.from);
  return span.to === undefined ? { from } : { from, to: utcDay(span.to - 1) };
}

const dayWhere = ({ from, to }: PeopleSql['days']): string =>
  `day >= DATE ${sqlText(from)}${to === undefined ? '' : ` AND day <= DATE ${sqlText(to)}`}`;

/** Whether a row says something of its person; robots never do. */
function relevantSql(draft: Draft, everybody: boolean): string {
  const since = everybody ? undefined : sinceSql(draft);
  if (since !== undefined) return `NOT bot AND ${since}`;
  const names = new Map<string, string[]>();
  for (const [name, span] of draft.needs)
    names.set(spanSql(span), [...(names.get(spanSql(span)) ?? []), name]);
  const needed = [...names].map(([span, of]) => `${namesSql(of)}${span}`);
  const parts = [...(everybody ? ['user_id IS NOT NULL'] : []), ...needed];
  return `NOT bot AND (${parts.map((part) => `(${part})`).join(' OR ')})`;
}

/** Names in windows that have only a beginning: one look at the time, however many there are. Undefined for others. */
function sinceSql({ needs }: Draft): string | undefined {
  const names = new Map<number, string[]>();
  for (const [name, { from, to }] of needs) {
    if (from === undefined || to !== undefined || name === ANY_ACTIVITY) return undefined;
    names.set(from, [...(names.get(from) ?? []), name]);
  }
  const [longest, ...others] = [...names].sort(([a], [b]) => a - b);
  if (longest === undefined || others.length === 0) return undefined;
  const later = others.map(([from, of]) => `WHEN ${namesSql(of)} THEN ${sqlTimestamp(from)}`).join(' ');
  return `${namesSql([...needs.keys()])} AND occurred_at >= CASE ${later} ELSE ${sqlTimestamp(longest[0])} END`;
}

function namedStep(draft: Draft, days: PeopleSql['days'], relevant: string): string {
  return `owned AS (
  SELECT user_id AS member, occurred_at${draft.told.sql()}
  FROM events
  WHERE ${dayWhere(days)} AND user_id IS NOT NULL AND ${relevant}
)`;
}

/** An anonymous event belongs to the first member named in its browser at its time or later (spec §1), by a robot's event too. */
function browserSteps(draft: Draft, days: PeopleSql['days'], relevant: string): string[] {
  const columns = draft.told.columns.map((name) => `, ${name}`).join('');
  return [
    `told AS (
  SELECT user_id, CASE WHEN user_id IS NULL THEN anonymous_id END AS browser, occurred_at${draft.told.sql()}
  FROM events
  WHERE ${dayWhere(days)} AND (user_id IS NOT NULL OR anonymous_id IS NOT NULL) AND ${relevant}
)`,
    `turns AS (
  ${turnsSql(days.from)}
)`,
    `owned AS (
  SELECT coalesce(told.user_id, turns.user_id) AS member, told.occurred_at${columns}
  FROM told
  LEFT JOIN turns ON turns.anonymous_id = told.browser
    AND told.occurred_at > turns.since AND told.occurred_at <= turns.until
  WHERE told.user_id IS NOT NULL OR turns.user_id IS NOT NULL
)`,
  ];
}

function sumSteps(draft: Draft, from: string): string[] {
  const counted = [...draft.counted];
  if (counted.length === 0)
    return [`summed AS (SELECT member${draft.sums.sql()} FROM ${from} GROUP BY member)`];
  const sets = counted.map((column) => `(member, ${column})`).join(', ');
  const parts = counted.map((column) => `, ${column}, grouping(${column}) AS without_${column}`).join('');
  const whole = counted.map((column) => `without_${column} = 1`).join(' AND ');
  const sums = draft.sums.columns.map((name) => `, max(CASE WHEN ${whole} THEN ${name} END) AS ${name}`);
  return [
    `parts AS (
  SELECT member${parts}, count(*) AS times,
    date_diff('millisecond', max(occurred_at), TIMESTAMP '1970-01-01 00:00:00') AS lately${draft.sums.sql()}
  FROM ${from} GROUP BY GROUPING SETS ((member), ${sets})
)`,
    `summed AS (SELECT member${sums.join('')}${counted.map(favouriteSql).join('')} FROM parts GROUP BY member)`,
  ];
}

/** Most times first, of those the latest, of those the first by its characters. */
const favouriteSql = (column: string): string =>
  `, min(CASE WHEN without_${column} = 0 AND ${column} IS NOT NULL THEN ROW(-times, lately, ${column}) END)[3] AS ${favouriteColumn(column)}`;
