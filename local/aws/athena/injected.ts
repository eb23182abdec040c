import { QueryError } from './errors.ts';
import { type Token, tokens } from './tokens.ts';

/** A table whose partitions Athena takes from the query itself (partition projection, type `injected`). */
export interface InjectedTable {
  readonly name: string;
  readonly columns: readonly string[];
}

const ENDS = new Set([
  'GROUP',
  'HAVING',
  'ORDER',
  'LIMIT',
  'UNION',
  'INTERSECT',
  'EXCEPT',
  'WINDOW',
  'OFFSET',
]);
const FROM = new Set(['FROM', 'JOIN', ',']);

/**
 * Refuses, in Athena's words, what reads such a table without an equality with a literal for each of these columns. Looked for in the WHERE of
 * the table's own SELECT and of those around it, beside AND alone: what Athena's planner finds in other ways is refused as well.
 */
export function refuseUnbounded(sql: string, tables: readonly InjectedTable[]): void {
  if (tables.length === 0) return;
  const all = tokens(sql);
  for (const [at, token] of all.entries()) {
    const table = tables.find(({ name }) => isName(token, name) && isSource(all, at));
    const missing = table?.columns.find((column) => !isBound(all, at, column));
    if (missing === undefined) continue;
    throw new QueryError(
      'CONSTRAINT_VIOLATION',
      `For the injected projected partition column ${missing}, the WHERE clause must contain only static equality conditions, and at least one such condition must be present.`,
    );
  }
}

const upper = (token: Token | undefined): string => token?.text.toUpperCase() ?? '';
const isName = (token: Token | undefined, name: string): boolean =>
  token !== undefined && token.type !== 'STRING' && token.text.toLowerCase() === name.toLowerCase();

/** `FROM t`, `JOIN database.t`: not a column of that name. */
function isSource(all: readonly Token[], at: number): boolean {
  let first = at;
  while (all[first - 1]?.type === 'DOT') first -= 2;
  return FROM.has(upper(all[first - 1])) && all[at + 1]?.type !== 'DOT';
}

const isBound = (all: readonly Token[], at: number, column: string): boolean =>
  wheresAround(all.slice(at)).some((where) => hasEquality(where, column));

/** The WHERE of the SELECT that the tokens begin in, and of those around it. */
function wheresAround(rest: readonly Token[]): readonly (readonly Token[])[] {
  const wheres: Token[][] = [];
  let [depth, outermost, within] = [0, 0, false];
  for (const token of rest) {
    if (token.type === 'R_PAREN') depth--;
    if (depth < outermost || (depth === outermost && ENDS.has(upper(token)))) within = false;
    outermost = Math.min(outermost, depth);
    if (within) wheres.at(-1)?.push(token);
    if (depth === outermost && upper(token) === 'WHERE') {
      within = true;
      wheres.push([]);
    }
    if (token.type === 'L_PAREN') depth++;
  }
  return wheres;
}

/** `column = 'text'`, `t.column IN ('a', 'b')`, either way round, as one of the conditions that all hold. */
function hasEquality(where: readonly Token[], column: string): boolean {
  const parts: Token[][] = [[]];
  let depth = 0;
  for (const token of where) {
    if (token.type === 'R_PAREN') depth--;
    if (depth === 0 && upper(token) === 'OR') return false;
    if (depth === 0 && upper(token) === 'AND') parts.push([]);
    else parts.at(-1)?.push(token);
    if (token.type === 'L_PAREN') depth++;
  }
  return parts.some((part) => isEquality(part, column));
}

function isEquality(part: readonly Token[], column: string): boolean {
  const at = part.findIndex((token) => isName(token, column));
  if (at === -1) return false;
  const first = part[at - 1]?.type === 'DOT' ? at - 2 : at;
  const [before, after] = [part.slice(0, first), part.slice(at + 1)];
  if (before.length === 0 && after[0]?.type === 'EQ')
    return after.length === 2 && after[1]?.type === 'STRING';
  if (before.length === 0 && upper(after[0]) === 'IN')
    return after.slice(2, -1).every(({ type }) => type === 'STRING' || type === 'COMMA');
  return (
    after.length === 0 && before.length === 2 && before[0]?.type === 'STRING' && before[1]?.type === 'EQ'
  );
}
