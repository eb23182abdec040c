import { NO_ROWS } from './macros.ts';
import type { Piece, Token } from './tokens.ts';

/**
 * Trino's `UNNEST(rows) AS t (a, b)` makes a column of each field of a list's rows; DuckDB's would be one column. So it becomes
 * a query that takes the list apart and then the rows. Where columns are not named or counted, a list of rows is refused when
 * it is met; a list of anything else, and lists side by side, are left as they are.
 */
export function unnestedRows(all: readonly Token[]): Piece[] {
  return all.flatMap((token, index) => {
    if (token.text.toLowerCase() !== 'unnest' || all[index + 1]?.type !== 'L_PAREN') return [];
    const open = index + 1;
    const close = closing(all, open);
    const [from, to] = [all[open], all[close]];
    if (from === undefined || to === undefined || hasComma(all, open, close)) return [];
    if (!hasColumns(all, close + 1))
      return [
        { start: from.start, end: from.end, text: `(${NO_ROWS}(` },
        { start: to.start, end: to.end, text: '))' },
      ];
    return [
      { start: token.start, end: from.end, text: 'LATERAL (SELECT unnest(row_of_list) FROM (SELECT unnest(' },
      { start: to.start, end: to.end, text: ') AS row_of_list) AS rows_of_list)' },
    ];
  });
}

/** Index of the bracket that closes the one at `open`; -1 when none does. */
function closing(all: readonly Token[], open: number): number {
  let depth = 0;
  for (let at = open; at < all.length; at++) {
    depth += depthOf(all[at]);
    if (depth === 0) return at;
  }
  return -1;
}

const depthOf = (token: Token | undefined): number =>
  token?.type === 'L_PAREN' || token?.type === 'L_BRACKET'
    ? 1
    : token?.type === 'R_PAREN' || token?.type === 'R_BRACKET'
      ? -1
      : 0;

/** Whether what stands between two brackets is more than one thing. */
function hasComma(all: readonly Token[], open: number, close: number): boolean {
  let depth = 0;
  return all.slice(open, close).some((token) => {
    depth += depthOf(token);
    return depth === 1 && token.type === 'COMMA';
  });
}

/** Whether `[AS] name (column, column, …)` follows. */
function hasColumns(all: readonly Token[], at: number): boolean {
  const name = all[at]?.text.toLowerCase() === 'as' ? at + 1 : at;
  const open = name + 1;
  return all[open]?.type === 'L_PAREN' && hasComma(all, open, closing(all, open));
}
