import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { csvCell, unguarded } from '../../../lambdas/segments/lists/cells.ts';
import { readUpload } from '../../../lambdas/segments/lists/read-upload.ts';
import { keyOf } from '../../../lambdas/segments/lists/values.ts';

/** What spreadsheets compute, by OWASP's list. */
const COMPUTED = /^[=+\-@\t\r\n＝＋－＠]/u;
const text = fc
  .tuple(
    fc.constantFrom('', "'", "''", '=', '+', '-', '@', '\t', '\r', '\n', '＝', "'=", "'+", ' ='),
    fc.oneof(
      fc.string({ unit: 'grapheme', maxLength: 12 }),
      fc.constantFrom(
        "cmd|' /C calc'!A0",
        'HYPERLINK("http://x","y")',
        '82-10-1234-5678',
        '821012345678',
        'a,b;c"d',
      ),
    ),
  )
  .map((parts) => parts.join(''));
const rowsOf = (csv: string): string[][] => parse(csv, { relax_column_count: true });

describe('a cell of a file for spreadsheets', () => {
  it('is never computed, and is still what was sent', () => {
    fc.assert(
      fc.property(text, text, (value, other) => {
        const [row = []] = rowsOf(`${csvCell(3)},${csvCell(value)},${csvCell(other)}\r\n`);
        expect(row).toHaveLength(3);
        for (const cell of row) expect(cell).not.toMatch(COMPUTED);
        expect(row.map(unguarded)).toEqual(['3', value, other]);
      }),
      { numRuns: 1000 },
    );
  });

  it('says what was sent when the file is uploaded again', () => {
    // U+FFFD marks what a decoder lost: no upload with it is taken.
    const id = text.filter((value) => keyOf('id', value) !== undefined && !value.includes('\uFFFD'));
    fc.assert(
      fc.property(fc.array(id, { minLength: 1, maxLength: 5 }), (ids) => {
        const bytes = Buffer.from(`user_id,reason\r\n${ids.map((one) => `${csvCell(one)},x\r\n`).join('')}`);
        const { rows } = readUpload({ kind: 'csv', bytes }, {});
        expect(rows.map(([, value]) => keyOf('id', value))).toEqual(ids.map((one) => keyOf('id', one)));
      }),
      { numRuns: 300 },
    );
  });

  it('keeps a phone number, as which it is recognised again', () => {
    const bytes = Buffer.from(`phone\r\n${csvCell('+82 10-1234-5678')}\r\n${csvCell('010-9876-5432')}\r\n`);
    const { kind, rows } = readUpload({ kind: 'csv', bytes }, {});
    expect([kind, rows.map(([, value]) => keyOf('phone', value))]).toEqual([
      'phone',
      ['+821012345678', '+821098765432'],
    ]);
  });
});
