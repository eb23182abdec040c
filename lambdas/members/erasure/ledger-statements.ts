/** What an erasure asks of the ledger of messages. Pure. */
import type { ErasedPerson } from '../../events/index.ts';
import type { QueryRow } from '../../shared/queries.ts';
import { sqlText, sqlTimestamp } from '../../shared/sql-text.ts';
import type { Found } from './lake-statements.ts';

/** Every row there is in any file: what no view shows any more is looked for too. */
const ROWS = `rows_of_ledger AS (
  SELECT day, CAST(NULL AS varchar) AS version, user_id, endpoint_id, occurred_at FROM ledger_raw
  UNION ALL
  SELECT day, version, user_id, endpoint_id, occurred_at FROM ledger_compacted
)`;

/** Endpoints that any row names together with the person: `id`, `endpoint_id`. */
export const endpointsStatement = (people: readonly ErasedPerson[]): string => `WITH ${ROWS}
SELECT DISTINCT people.id, told.endpoint_id
FROM rows_of_ledger AS told
JOIN (VALUES ${people.map(({ id, userId }) => `(${sqlText(id)}, ${sqlText(userId)})`).join(', ')}) AS people (id, user_id)
  ON people.user_id = told.user_id
WHERE told.endpoint_id IS NOT NULL`;

/** The endpoints of each person, by the erasure's id, from the rows of `endpointsStatement`. */
export function endpointsOf(rows: readonly QueryRow[]): Map<string, string[]> {
  const endpoints = new Map<string, string[]>();
  for (const { id, endpoint_id: endpoint } of rows)
    if (id && endpoint) endpoints.set(id, [...(endpoints.get(id) ?? []), endpoint]);
  return endpoints;
}

/**
 * Which writings of which days hold rows of whom, up to the moment `untilOf` a person: `id`, `day`, `version` (null: raw files).
 * Theirs is what names them, and what names an endpoint of theirs and nobody: the rule by which the compaction masks.
 */
export function ledgerLeftStatement(
  people: readonly ErasedPerson[],
  untilOf: (person: ErasedPerson) => number,
): string {
  const rows = (namesOf: (person: ErasedPerson) => readonly string[]): string[] =>
    people.flatMap((person) =>
      namesOf(person).map(
        (name) => `(${sqlText(person.id)}, ${sqlText(name)}, ${sqlTimestamp(untilOf(person))})`,
      ),
    );
  const found = (
    column: string,
    values: readonly string[],
    and: string,
  ): string => `SELECT people.id, told.day, told.version
  FROM rows_of_ledger AS told
  JOIN (VALUES ${values.join(', ')}) AS people (id, name, until_at) ON people.name = told.${column}
  WHERE told.occurred_at <= people.until_at${and}`;
  const named = found(
    'user_id',
    rows(({ userId }) => [userId]),
    '',
  );
  const endpoints = rows(({ endpoints: ids = [] }) => ids);
  const nameless =
    endpoints.length === 0 ? [] : [found('endpoint_id', endpoints, ' AND told.user_id IS NULL')];
  return `WITH ${ROWS}
SELECT DISTINCT found.id, CAST(found.day AS varchar) AS day, found.version
FROM (
  ${[named, ...nameless].join('\n  UNION ALL\n  ')}
) AS found`;
}

export const foundInLedger = ({ id, day, version }: QueryRow): Found => ({
  id: id ?? '',
  table: 'ledger',
  partition: { day: day ?? '' },
  version: version ?? undefined,
});
