import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_LINES, MAX_RECORD_BYTES, packLines, packRows } from '../../lambdas/shared/stream-writer.ts';

const line = fc
  .oneof(fc.string(), fc.string({ minLength: 200, maxLength: 4000 }))
  .map((text) => JSON.stringify(text));

describe('packLines', () => {
  it('keeps every line, in order, within the limits of a record', () => {
    fc.assert(
      fc.property(fc.array(line, { maxLength: 1500 }), (lines) => {
        const records = packLines('lane', lines);
        expect(records.flatMap((record) => record.lines.trimEnd().split('\n'))).toEqual(lines);
        for (const record of records) {
          expect(Buffer.byteLength(record.lines)).toBeLessThanOrEqual(MAX_RECORD_BYTES);
          expect(record.lines.split('\n').length - 1).toBeLessThanOrEqual(MAX_LINES);
        }
      }),
      { numRuns: 30 },
    );
  });

  it('makes no record that Kinesis takes and Firehose does not', () => {
    const lines = Array.from({ length: 210 }, () => JSON.stringify('x'.repeat(10_000)));
    for (const record of packLines('lane', lines))
      expect(Buffer.byteLength(record.lines)).toBeLessThanOrEqual(1_024_000);
  });

  it('makes as few records as a full one allows', () => {
    expect(
      packLines(
        'lane',
        Array.from({ length: 1001 }, () => '{}'),
      ),
    ).toHaveLength(3);
  });
});

describe('packRows', () => {
  const odd = fc.constantFrom<unknown>(
    '},"",{',
    '}\n{',
    '한글',
    [{}, '', {}],
    [{ a: 1 }, '', { b: 2 }],
    '',
    null,
  );
  const row = fc.dictionary(fc.string({ maxLength: 8 }), fc.oneof(fc.jsonValue(), odd), { maxKeys: 6 });

  it('makes the records that packLines makes of the same rows, whatever is in them', () => {
    fc.assert(
      fc.property(fc.array(row, { maxLength: 20 }), (rows) => {
        const lines = rows.map((one) => JSON.stringify(one));
        expect(packRows('lane', rows)).toEqual(packLines('lane', lines));
      }),
    );
  });

  it.each([
    ['as many as are written at once', 64, 10],
    ['as many as are written in several turns', 193, 10],
    ['more than a record has lines', 1001, 10],
    ['more than a record has bytes', 40, 60_000],
    ['as many characters as bytes are allowed, of three bytes each', 10, 104_000],
  ])('does so for %s', (_, count, length) => {
    const rows = Array.from({ length: count }, (__, at) => ({ at, text: '한'.repeat(length) }));
    const lines = rows.map((one) => JSON.stringify(one));
    expect(packRows('lane', rows)).toEqual(packLines('lane', lines));
  });

  it.each([-1, 0, 1])('does so for rows of a record that has %i bytes more than are allowed', (more) => {
    const [first, second] = [{ text: '한'.repeat(200_000) }, { text: '' }];
    const rest =
      MAX_RECORD_BYTES - Buffer.byteLength(`${JSON.stringify(first)}\n${JSON.stringify(second)}\n`);
    const rows = [first, { text: 'a'.repeat(rest + more) }];
    const records = packRows('lane', rows);
    expect(records).toHaveLength(more > 0 ? 2 : 1);
    expect(records.map(({ lines }) => lines).join('')).toBe(
      rows.map((row) => `${JSON.stringify(row)}\n`).join(''),
    );
  });
});
