/** What an erasure asks of the lake. Pure. */
import { type ErasedPerson, type Partition, type TableName, type Turn, theirs } from '../../events/index.ts';
import type { QueryRow } from '../../shared/queries.ts';
import { sqlText, sqlTimestamp } from '../../shared/sql-text.ts';

/** Every row there is in any file: what no view shows any more is looked for too. */
const ROWS = `rows_of_lake AS (
  SELECT filed, day, CAST(NULL AS varchar) AS version, user_id, anonymous_id, occurred_at, received_at
  FROM events_raw
  UNION ALL
  SELECT filed, day, version, user_id, anonymous_id, occurred_at, received_at
  FROM events_compacted
)`;

/** Which writings of which partitions hold rows of whom: `id`, `filed`, `day`, `version` (null: raw files). */
export const leftStatement = (people: readonly ErasedPerson[]): string => `WITH ${ROWS}
SELECT id, filed, CAST(day AS varchar) AS day, version
FROM (
  ${theirs('rows_of_lake', 'people.id, told.filed, told.day, told.version', people)}
) AS found`;

/** A place that holds something of a person. */
export interface Found {
  readonly id: string;
  readonly table: TableName;
  readonly partition: Partition;
  /** Undefined: raw files. */
  readonly version: string | undefined;
}

export const foundOf = ({ id, filed, day, version }: QueryRow): Found => ({
  id: id ?? '',
  table: 'events',
  partition: { filed: filed === 'received' ? 'received' : 'occurred', day: day ?? '' },
  version: version ?? undefined,
});

/**
 * The first and the last of the events in a row at which a person named themselves in a browser, nobody else in between.
 * An anonymous event is of whom the browser names next (spec §1, "Identity").
 */
export const turnsStatement = (people: readonly ErasedPerson[]): string => `WITH ${ROWS},
asking (id, user_id, until_at) AS (VALUES ${people
  .map(({ id, userId, untilMs }) => `(${sqlText(id)}, ${sqlText(userId)}, ${sqlTimestamp(untilMs)})`)
  .join(', ')}),
named AS (
  SELECT DISTINCT anonymous_id, user_id, occurred_at
  FROM rows_of_lake
  WHERE user_id IS NOT NULL AND anonymous_id IN (
    SELECT told.anonymous_id
    FROM rows_of_lake AS told
    JOIN asking ON asking.user_id = told.user_id
    WHERE told.received_at <= asking.until_at AND told.anonymous_id IS NOT NULL
  )
),
turns AS (
  SELECT anonymous_id, user_id, occurred_at,
    lag(user_id) OVER (PARTITION BY anonymous_id ORDER BY occurred_at, user_id) AS user_before,
    lag(occurred_at) OVER (PARTITION BY anonymous_id ORDER BY occurred_at, user_id) AS before_at,
    lead(user_id) OVER (PARTITION BY anonymous_id ORDER BY occurred_at, user_id) AS user_after
  FROM named
)
SELECT asking.id, turns.anonymous_id, CAST(turns.occurred_at AS varchar) AS occurred_at,
  CASE WHEN turns.user_before IS NULL OR turns.user_before <> turns.user_id THEN 'first' END AS begins,
  CAST(turns.before_at AS varchar) AS before_at,
  CASE WHEN turns.user_after IS NULL THEN 'open' WHEN turns.user_after <> turns.user_id THEN 'last' END AS ends
FROM turns
JOIN asking ON asking.user_id = turns.user_id
WHERE turns.user_before IS NULL OR turns.user_before <> turns.user_id
  OR turns.user_after IS NULL OR turns.user_after <> turns.user_id
ORDER BY turns.anonymous_id, turns.occurred_at`;

/** The turns of each person, by the erasure's id, from the rows of `turnsStatement`. */
export function turnsOf(rows: readonly QueryRow[]): Map<string, Turn[]> {
  const turns = new Map<string, Turn[]>();
  const begun = new Map<string, number | undefined>();
  for (const { id, anonymous_id: anonymousId, occurred_at: at, begins, before_at: before, ends } of rows) {
    if (!id || !anonymousId) continue;
    const browser = `${id} ${anonymousId}`;
    if (begins) begun.set(browser, instant(before));
    if (!ends) continue;
    const turn = {
      anonymousId,
      afterMs: begun.get(browser),
      toMs: ends === 'open' ? undefined : instant(at),
    };
    turns.set(id, [...(turns.get(id) ?? []), turn]);
  }
  return turns;
}

const instant = (timestamp: string | null | undefined): number | undefined =>
  timestamp ? Date.parse(`${timestamp.replace(' ', 'T')}Z`) : undefined;

/** What was known and what is found, each once: what was masked meanwhile cannot be found again. */
export function together(known: readonly Turn[], found: readonly Turn[]): Turn[] {
  const all = new Map<string, Turn>();
  for (const turn of [...known, ...found]) all.set(`${turn.anonymousId} ${turn.afterMs} ${turn.toMs}`, turn);
  return [...all.values()];
}
