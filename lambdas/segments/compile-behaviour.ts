import { sqlText, sqlTimestamp } from '../shared/sql-text.ts';
import type { BehaviourCondition } from './rule.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

export interface BehaviourQuery {
  readonly condition: BehaviourCondition;
  /** End of the window, in epoch milliseconds. */
  readonly now: number;
  /** An empty `s3://bucket/prefix/`: UNLOAD refuses a prefix that holds anything. */
  readonly target: string;
}

/** One Athena statement that writes the members of a behaviour rule as an import list (docs/adr/0002-unload-writes-the-import.md). */
export const compileBehaviour = (query: BehaviourQuery): string =>
  `UNLOAD (\n${selectMembers(query)}\n) TO ${sqlText(query.target)} WITH (format = 'TEXTFILE')`;

/**
 * The SELECT alone: one column `line`, one row a member, in one pass over the view `events`. It stays in the SQL that
 * Trino and DuckDB share. The line is built by the JSON functions, so no user id can break out of it.
 *
 * The window has no upper end: a phone whose clock runs ahead must not hide its purchase (spec §1 takes up to 24 h).
 * The view's `day` is the UTC day of occurred_at (docs/adr/0001-raw-tables-filed-twice.md): it prunes without losing any.
 */
export function selectMembers({ condition, now }: Omit<BehaviourQuery, 'target'>): string {
  const from = now - condition.inTheLastDays * DAY_MS;
  const firstDay = new Date(from).toISOString().slice(0, 10);
  const names = [condition.did, ...(condition.didNot === undefined ? [] : [condition.didNot])];
  const didNot =
    condition.didNot === undefined ? '' : `\n  AND NOT bool_or(name = ${sqlText(condition.didNot)})`;
  return `SELECT json_format(CAST(MAP(ARRAY['User'], ARRAY[MAP(ARRAY['UserId'], ARRAY[user_id])]) AS JSON)) AS line
FROM events
WHERE day >= DATE ${sqlText(firstDay)}
  AND occurred_at >= ${sqlTimestamp(from)}
  AND user_id IS NOT NULL
  AND name IN (${names.map(sqlText).join(', ')})
GROUP BY user_id
HAVING bool_or(name = ${sqlText(condition.did)})${didNot}`;
}
