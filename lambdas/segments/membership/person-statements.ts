/** What is asked of Athena about one person. Pure. */

import { sqlText } from '../../shared/sql-text.ts';
import { type AskedAt, compileRule } from '../compile/compile-rule.ts';
import { splitRule } from '../compile/split-rule.ts';
import { turnsSql } from '../compile/turns-sql.ts';
import type { PlainCondition, PlainRule } from '../rule/plain.ts';

/** Columns of the view `events` that facts are made of, beside `event_id`, `name` and `occurred_at`. */
export const FACT_COLUMNS = [
  'source',
  'country',
  'device_type',
  'platform',
  'os',
  'app_version',
  'page_url',
  'page_title',
  'page_referrer',
  'utm_source',
  'utm_medium',
  'utm_campaign',
  'utm_term',
  'utm_content',
  'properties',
] as const;

/** Columns that are not read out of `properties`: those that say which event it is and whose, and the envelope's. */
const BESIDE_PROPERTIES: ReadonlySet<string> = new Set([
  ...['day', 'bot', 'event_id', 'name', 'occurred_at', 'user_id', 'anonymous_id'],
  ...FACT_COLUMNS.filter((column) => column !== 'properties'),
]);

interface Days {
  readonly from: string;
  readonly to?: string;
}

/**
 * The person's events of those days, each once and without robots: those that name the person, and anonymous ones that
 * belong to them (spec §1). No day before is read, and no column that the rule does not ask for.
 */
export function eventsOf(userId: string, days: Days, columns: readonly string[]): string {
  const properties = columns.some((column) => !BESIDE_PROPERTIES.has(column));
  const read = FACT_COLUMNS.map((column) =>
    (column === 'properties' ? properties : columns.includes(column))
      ? `e.${column}`
      : `CAST(NULL AS varchar) AS ${column}`,
  );
  const select = `SELECT e.event_id, e.name, e.occurred_at, ${read.join(', ')}`;
  const within = [
    `e.day >= DATE ${sqlText(days.from)}`,
    ...(days.to === undefined ? [] : [`e.day <= DATE ${sqlText(days.to)}`]),
    'NOT e.bot',
  ].join(' AND ');
  return `${select}
FROM events AS e
WHERE ${within} AND e.user_id = ${sqlText(userId)}
UNION ALL
${select}
FROM events AS e
JOIN (
  ${turnsSql(days.from)}
) AS i ON i.anonymous_id = e.anonymous_id AND e.occurred_at > i.since AND e.occurred_at <= i.until
WHERE ${within} AND e.user_id IS NULL AND i.user_id = ${sqlText(userId)}`;
}

/** Whoever has done nothing meets some negative conditions: of these the opposite is asked, which needs no members' rows. */
export const isOpposite = (condition: PlainCondition): boolean => splitRule(condition).holdsWithoutEvents;

/** Which of the conditions the statement names the person for: a row with its `place` for each (`isOpposite`: it holds when there is none). Undefined without any. */
export function holdingOf(
  userId: string,
  conditions: readonly { readonly place: number; readonly condition: PlainCondition }[],
  asked: AskedAt,
): string | undefined {
  const asks = conditions.map(({ place, condition }) => {
    const rule: PlainRule = isOpposite(condition) ? { kind: 'none', of: [condition] } : condition;
    const { select } = compileRule(rule, asked);
    return `SELECT ${place} AS place\nFROM (\n${select}\n)\nWHERE user_id = ${sqlText(userId)}`;
  });
  return asks.length === 0 ? undefined : asks.join('\nUNION ALL\n');
}
