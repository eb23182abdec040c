import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { LineSample } from '../../../lambdas/segments/preview/sample.ts';

const lineOf = (userId: string): string => JSON.stringify({ User: { UserId: userId } });
const bytesOf = (text: string): Uint8Array => new TextEncoder().encode(text);

/** Reads files whose bytes come in pieces cut at these places. */
function read(
  size: number,
  seed: string,
  files: readonly string[],
  cuts: readonly number[] = [],
): LineSample {
  const sample = new LineSample(size, seed);
  for (const file of files) {
    const bytes = bytesOf(file);
    const ends = [...new Set(cuts.map((cut) => cut % (bytes.length + 1)))].sort((a, b) => a - b);
    const reader = sample.reader();
    // One piece of memory for all, as streams do: what is kept must be copied.
    for (const [index, end] of [...ends, bytes.length].entries()) {
      const piece = bytes.slice(ends[index - 1] ?? 0, end);
      reader.add(piece);
      piece.fill(0x21);
    }
    reader.end();
  }
  return sample;
}

const ids = fc.uniqueArray(
  fc.oneof(fc.string(), fc.integer().map(String), fc.constantFrom('김 "철수"', '\u2028')),
  {
    maxLength: 60,
  },
);

describe('a sample of lines', () => {
  it('is every line while there are no more than its size, whatever the pieces and the last line end', () => {
    fc.assert(
      fc.property(ids, fc.array(fc.nat()), fc.boolean(), (all, cuts, open) => {
        const file = all.map(lineOf).join('\n') + (open ? '' : '\n');
        const found = read(100, 'seed', [file], cuts);
        expect(found.lines).toBe(all.length);
        expect([...found.sample].sort()).toEqual(all.map(lineOf).sort());
      }),
    );
  });

  it('is the same of one list and seed, however it is cut into files and pieces, and has its size', () => {
    fc.assert(
      fc.property(
        ids,
        fc.array(fc.nat()),
        fc.nat(),
        fc.integer({ min: 1, max: 20 }),
        (all, cuts, cut, size) => {
          const lines = all.map(lineOf);
          const at = cut % (lines.length + 1);
          const whole = read(size, 'seed', [lines.join('\n')]);
          const parts = [lines.slice(at).join('\n'), `${lines.slice(0, at).join('\n')}\n\n`];
          const inParts = read(size, 'seed', parts, cuts);
          expect(inParts.lines).toBe(all.length);
          expect(inParts.sample).toEqual(whole.sample);
          expect(whole.sample).toHaveLength(Math.min(size, all.length));
          expect(new Set(lines)).toEqual(new Set([...lines, ...whole.sample]));
        },
      ),
    );
  });

  it('takes each line equally often: consecutive ids, in blocks and by last digit, over many seeds', () => {
    const lines = Array.from({ length: 1000 }, (_, index) => lineOf(`member-${index}`)).join('\n');
    const taken = new Array<number>(1000).fill(0);
    const [rounds, size] = [200, 100];
    for (let round = 0; round < rounds; round++) {
      for (const line of read(size, `resolution-${round}`, [lines]).sample) {
        const index = Number(/(\d+)"/.exec(line)?.[1]);
        taken[index] = (taken[index] ?? 0) + 1;
      }
    }
    const each = (rounds * size) / 1000;
    const groups = [(index: number) => Math.floor(index / 100), (index: number) => index % 10];
    for (const groupOf of groups) {
      const sums = new Array<number>(10).fill(0);
      for (const [index, count] of taken.entries())
        sums[groupOf(index)] = (sums[groupOf(index)] ?? 0) + count;
      // Chi-square with 9 degrees of freedom: 27.9 is exceeded once in a thousand, and these seeds are always the same.
      const chiSquare = sums.reduce((sum, count) => sum + (count - each * 100) ** 2 / (each * 100), 0);
      expect(chiSquare).toBeLessThan(27.9);
    }
    // No line is always or never in: 20 times on average, standard deviation 4.2.
    expect(Math.min(...taken)).toBeGreaterThan(0);
    expect(Math.max(...taken)).toBeLessThan(50);
  });
});
