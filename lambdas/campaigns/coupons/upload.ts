/** What an upload of coupon codes says: the codes, and what is wrong with which. Pure. */
import { parse } from 'csv-parse/sync';
import { invalid } from '../../shared/errors.ts';
import { graphemes } from '../../shared/graphemes.ts';

/** One entry as it was sent, and where: the line of a file, or the place in a list, from 1. */
export interface Entry {
  readonly line: number;
  readonly value: unknown;
}

/** Why an entry is no code of the pool. The code itself is not repeated: it is worth money. */
export interface Refused {
  readonly line: number;
  readonly reason: string;
}

const LONGEST = 64;
export const MOST_CODES = 10_000;
/** Spaces, and characters nobody sees: a code is typed by people. */
const UNSEEN = /[\s\p{C}\uFFFD]/u;
const HEADERS = /^(code|codes|coupon|coupon_code|쿠폰|쿠폰 ?코드|쿠폰 ?번호)$/i;

/** The entries of CSV text: the column headed `code` (or its like), else the first one; empty lines are none. */
export function csvEntries(text: string): Entry[] {
  checkEncoding(text);
  const rows = rowsOf(text);
  const [head] = rows;
  const column = head?.record.findIndex((cell) => HEADERS.test(cell)) ?? -1;
  const body = column < 0 ? rows : rows.slice(1);
  return body.map(({ record, line }) => ({ line, value: record[Math.max(0, column)] ?? '' }));
}

/** Bytes that are no UTF-8, as in a file in CP949, arrive as this: what they were nobody knows any more. */
const LOST = '\uFFFD';

function checkEncoding(text: string): void {
  const at = text.indexOf(LOST);
  if (at < 0) return;
  const line = text.slice(0, at).split('\n').length;
  const message = `The body is not UTF-8: line ${line} has characters that cannot be read; save the file as UTF-8`;
  throw invalid([{ field: '', message }]);
}

function rowsOf(text: string): { record: string[]; line: number }[] {
  const options = {
    bom: true,
    trim: true,
    skip_empty_lines: true,
    skip_records_with_empty_values: true,
    relax_column_count: true,
    info: true,
  } as const;
  try {
    const rows = parse(text, options) as unknown as { record: string[]; info: { lines: number } }[];
    return rows.map(({ record, info }) => ({ record, line: info.lines }));
  } catch (cause) {
    // The parser's own words repeat what they stumbled over.
    const line = (cause as { lines?: number }).lines ?? 0;
    throw invalid([
      { field: '', message: `The body is not valid CSV: line ${line} has a quote that is not closed` },
    ]);
  }
}

export const listEntries = (codes: readonly unknown[]): Entry[] =>
  codes.map((value, index) => ({ line: index + 1, value }));

/** The codes among the entries, each once, by the line they stand on; and the entries that are none. */
export function judgedEntries(entries: readonly Entry[]): {
  readonly codes: ReadonlyMap<string, number>;
  readonly refused: readonly Refused[];
} {
  const codes = new Map<string, number>();
  const refused: Refused[] = [];
  for (const { line, value } of entries) {
    const code = typeof value === 'string' ? value.trim() : '';
    const reason = reasonAgainst(value, code, codes.get(code));
    if (reason === undefined) codes.set(code, line);
    else refused.push({ line, reason });
  }
  return { codes, refused };
}

function reasonAgainst(value: unknown, code: string, first: number | undefined): string | undefined {
  if (typeof value !== 'string') return 'a code is a text';
  if (code === '') return 'there is no code';
  const length = graphemes(code);
  if (length > LONGEST) return `the code has ${length} characters; at most ${LONGEST} are allowed`;
  if (UNSEEN.test(code)) return 'the code has a space or a character that cannot be seen in it';
  return first === undefined ? undefined : `the code stands on line ${first} already`;
}
