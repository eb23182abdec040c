/**
 * Rows of a CSV text (RFC 4180), each of as many cells as it has. csv-parse makes an error of every row that has not as many as the first,
 * also where it may: a tenth of a millisecond a row, of which an upload may have hundreds of thousands. Pure.
 */

export interface CsvRow {
  /** Without the blanks around them; those in quotes are theirs. */
  readonly cells: readonly string[];
  /** The line it ends on, from 1. */
  readonly line: number;
}

/** A quote where none may stand, or one that is not closed. */
export class BadQuote extends Error {
  override readonly name = 'BadQuote';
  constructor(readonly line: number) {
    super(`line ${line} has a quote that is not closed`);
  }
}

const LINE_ENDS = /\r\n|[\r\n]/g;

/** Rows that hold anything; columns are told apart by each of the delimiters, lines by whatever ends them. Throws BadQuote. */
export function* csvRows(text: string, delimiters: readonly string[]): Generator<CsvRow> {
  const cell = cellWith(delimiters.join(''));
  let line = 1;
  let cells: string[] = [];
  for (let at = text.startsWith('\uFEFF') ? 1 : 0; at < text.length || cells.length > 0; ) {
    cell.lastIndex = at;
    const found = cell.exec(text);
    if (found === null) throw new BadQuote(line);
    const [, quoted, bare = '', end = ''] = found;
    at = cell.lastIndex;
    if (quoted !== undefined) line += quoted.match(LINE_ENDS)?.length ?? 0;
    cells.push(quoted?.replaceAll('""', '"') ?? bare.trim());
    if (delimiters.includes(end)) continue;
    if (cells.some((one) => one.trim() !== '')) yield { cells, line };
    cells = [];
    line += 1;
  }
}

/** A cell up to its end: in quotes, or with none in it. */
function cellWith(delimiters: string): RegExp {
  const blanks = `[${[' ', '\t', '\f'].filter((one) => !delimiters.includes(one)).join('')}]*`;
  const quoted = `${blanks}"([^"]*(?:""[^"]*)*)"${blanks}`;
  return new RegExp(`(?:${quoted}|([^"${delimiters}\r\n]*))([${delimiters}]|\r\n|[\r\n]|$)`, 'y');
}
