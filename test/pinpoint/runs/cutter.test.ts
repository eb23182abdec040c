import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Cutter, MAX_OPEN_CHARS, SLICE_SIZE } from '../../../lambdas/pinpoint/runs/cutter.ts';
import type { Recipient } from '../../../lambdas/pinpoint/runs/expand.ts';
import type { SliceObject } from '../../../lambdas/pinpoint/runs/run.ts';

const recipientOf = (index: number, lots: number, value = ''): Recipient => ({
  lot: { kind: 'push', treatmentId: String(index % 11), startAt: Math.floor(index / 11) % lots },
  entry: { e: `e${index}`, c: 'GCM', ...(value === '' ? {} : { v: [value] }) },
  address: '',
});
/** Characters of those who were put in and are in no slice yet. */
const charsOf = (recipients: readonly Recipient[], slices: readonly SliceObject[]): number => {
  const cut = new Set(slices.flatMap(({ entries }) => entries.map(({ e }) => e)));
  return recipients.reduce(
    (sum, { entry }) => sum + (cut.has(entry.e) ? 0 : JSON.stringify(entry).length),
    0,
  );
};

describe('slices', () => {
  it('hold everybody once, in their order, those of one lot together', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0, max: 9000 }), (lots, count) => {
        const recipients = Array.from({ length: count }, (_, index) => recipientOf(index, lots));
        const cutter = new Cutter();
        const slices = [...cutter.add(recipients, []), ...cutter.rest()];
        const byLot = new Map<string, string[]>();
        for (const { entries, treatmentId, startAt } of slices) {
          expect(entries.length).toBeLessThanOrEqual(SLICE_SIZE);
          const lot = byLot.get(`${treatmentId} ${startAt}`) ?? [];
          byLot.set(`${treatmentId} ${startAt}`, [...lot, ...entries.map(({ e }) => e)]);
        }
        const expected = new Map<string, string[]>();
        for (const { lot, entry } of recipients) {
          const key = `${lot.treatmentId} ${lot.startAt}`;
          expected.set(key, [...(expected.get(key) ?? []), entry.e]);
        }
        expect(byLot).toEqual(expected);
      }),
      { numRuns: 20 },
    );
  });

  it.each([
    ['of many lots', 40, 300_000, ''],
    ['of rich members', 1, 12_000, 'x'.repeat(4_000)],
  ])('%s are cut before too many wait in memory, and no sooner', (_what, lots, count, value) => {
    const cutter = new Cutter();
    let [waiting, slices, most] = [0, 0, 0];
    for (let from = 0; from < count; from += 500) {
      const group = Array.from({ length: 500 }, (_, index) => recipientOf(from + index, lots, value));
      waiting += charsOf(group, []);
      for (const { entries } of cutter.add(group, [])) {
        waiting -= entries.reduce((sum, entry) => sum + JSON.stringify(entry).length, 0);
        slices += 1;
      }
      most = Math.max(most, waiting);
    }
    expect(most).toBeLessThan(MAX_OPEN_CHARS + 1_000_000);
    // They are cut where it helps most: none is of a few members only.
    expect(count / slices).toBeGreaterThan(100);
  });

  it('of one lot are full, however many there are', () => {
    const cutter = new Cutter();
    const group = Array.from({ length: 20_500 }, (_, index) => ({
      ...recipientOf(index, 1),
      lot: { kind: 'push', treatmentId: '0' },
    }));
    expect([...cutter.add(group, [])].map(({ entries }) => entries.length)).toEqual(
      Array<number>(20).fill(SLICE_SIZE),
    );
  });
});
