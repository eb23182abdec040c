import { parse } from 'csv-parse/sync';
import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvRows } from '../../../lambdas/segments/lists/csv-rows.ts';

const DELIMITERS = [',', ';', '\t'];

interface Parsed {
  readonly record: readonly string[];
  readonly info: { readonly lines: number };
}

/** What a library that many use makes of it; undefined when it refuses the text. */
function parsed(text: string, delimiter: string[]) {
  try {
    const found = parse(text, {
      bom: true,
      trim: true,
      delimiter,
      record_delimiter: ['\r\n', '\n', '\r'],
      skip_empty_lines: true,
      skip_records_with_empty_values: true,
      relax_column_count: true,
      info: true,
    }) as unknown as Parsed[];
    return found.map(({ record, info }) => ({ cells: record, line: info.lines }));
  } catch {
    return undefined;
  }
}

function rows(text: string, delimiters: string[]) {
  try {
    return [...csvRows(text, delimiters)];
  } catch {
    return undefined;
  }
}

describe('rows of CSV', () => {
  it('are those that csv-parse finds, in any text, of as many cells as each has', () => {
    const piece = fc.constantFrom(
      'a',
      '나',
      '1',
      ',',
      ';',
      '\t',
      '\n',
      '\n',
      '\r\n',
      '"',
      '""',
      '"b, c"',
      '"d\ne"',
      ' ',
    );
    const text = fc.array(piece, { maxLength: 14 }).map((pieces) => pieces.join(''));
    fc.assert(
      fc.property(text, fc.constantFrom(DELIMITERS, [','], [';']), (csv, delimiters) => {
        // It takes a second text in quotes behind the first for more of that, and counts \r\n in quotes as two lines.
        fc.pre(!/"[ \t]+"/.test(csv));
        const told = (found: ReturnType<typeof rows>) =>
          csv.includes('\r\n') ? found?.map(({ cells }) => cells) : found;
        expect(told(rows(csv, delimiters))).toEqual(told(parsed(csv, delimiters)));
      }),
      { numRuns: 3000 },
    );
  });

  it('are found in one pass, however a text tries to have parts of it read again', () => {
    for (const text of [
      '"'.repeat(1_000_001),
      `"${'a""'.repeat(500_000)}`,
      `${' '.repeat(1_000_000)}"`,
      `a${' '.repeat(1_000_000)}"`,
      `"a"${' '.repeat(1_000_000)}b`,
    ])
      expect(rows(text, DELIMITERS)).toBeUndefined();
    const ragged = Array.from({ length: 200_000 }, (_, index) => ','.repeat(index % 3));
    expect(rows(`a,b\n${ragged.join('x\n')}x`, DELIMITERS)).toHaveLength(200_001);
  });
});
