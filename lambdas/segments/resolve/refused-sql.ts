/** What Athena's refusal of a statement says about an analyst's SQL in it. Pure. */
import type { PlainRule } from '../rule/plain.ts';
import { conditionsOf } from './conditions.ts';

const POSITION = /\bline (\d+):(\d+)(: )?/g;
const MOST_SAID = 60;

const queriesIn = (rule: PlainRule): readonly string[] => [
  ...new Set(conditionsOf(rule).flatMap((one) => (one.kind === 'query' ? [one.sql] : []))),
];

/**
 * Athena's words with the places they name counted within the analyst's SQL, and without places elsewhere; which SQL, when the
 * rule has several. Undefined for a rule without SQL: such a statement is none of the caller's.
 */
export function refusedSql(rule: PlainRule, statement: string, reason: string): string | undefined {
  const queries = queriesIn(rule);
  if (queries.length === 0) return undefined;
  const blamed = new Set<string>();
  const words = reason.replace(POSITION, (_, line: string, column: string, end = '') => {
    const place = placeIn(statement, queries, Number(line));
    // A line of the statement around it says nothing to whoever wrote the SQL.
    if (place === undefined) return '';
    blamed.add(place.sql);
    return `line ${place.line}:${column}${end}`;
  });
  const [sql] = blamed;
  const which =
    queries.length === 1 || sql === undefined ? 'SQL' : `SQL ${JSON.stringify(sql.slice(0, MOST_SAID))}`;
  return `Athena refuses the ${which}: ${words}`;
}

/** SQL stands in a statement as it was written, on lines of its own. */
function placeIn(
  statement: string,
  queries: readonly string[],
  line: number,
): { readonly sql: string; readonly line: number } | undefined {
  for (const sql of queries) {
    const at = statement.indexOf(`\n${sql}\n`);
    if (at === -1) continue;
    const first = linesOf(statement.slice(0, at)) + 1;
    if (line >= first && line < first + linesOf(sql)) return { sql, line: line - first + 1 };
  }
  return undefined;
}

const linesOf = (text: string): number => text.split('\n').length;
