import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MAX_LINES, MAX_RECORD_BYTES, packLines } from '../../lambdas/shared/stream-writer.ts';

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

  it('makes as few records as a full one allows', () => {
    expect(
      packLines(
        'lane',
        Array.from({ length: 1001 }, () => '{}'),
      ),
    ).toHaveLength(3);
  });
});
