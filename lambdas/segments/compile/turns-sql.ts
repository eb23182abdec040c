import { sqlText } from '../../shared/sql-text.ts';

/**
 * Whose a browser was when, from a UTC day on (`YYYY-MM-DD`): a row for each time somebody was named in it. An event belongs to
 * who is named at its time or later (spec §1), which is the one row of its `anonymous_id` with since < occurred_at <= until.
 * Namings before the day matter to no event of it or of later days; every later one does.
 */
export const turnsSql = (from: string): string => `SELECT anonymous_id, user_id, occurred_at AS until,
    coalesce(
      lag(occurred_at) OVER (PARTITION BY anonymous_id ORDER BY occurred_at, user_id), TIMESTAMP '1969-12-31 00:00:00'
    ) AS since
  FROM namings
  WHERE day >= DATE ${sqlText(from)}`;
