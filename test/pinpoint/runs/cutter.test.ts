import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Cutter, MAX_OPEN_BYTES, SLICE_SIZE } from '../../../lambdas/pinpoint/runs/cutter.ts';
import type { Recipient } from '../../../lambdas/pinpoint/runs/expand.ts';
import type { CutSlice } from '../../../lambdas/pinpoint/runs/open-slice.ts';
import type { SliceObject } from '../../../lambdas/pinpoint/runs/run.ts';

const recipientOf = (index: number, lots: number, value = ''): Recipient => ({
  lot: { kind: 'push', treatmentId: String(index % 11), startAt: Math.floor(index / 11) % lots },
  entry: { e: `e${index}`, c: 'GCM', ...(value === '' ? {} : { v: [value] }) },
  address: '',
});
/** What is written of a slice; its row has to tell the same. */
function objectOf({ json, entries, skipped, ...lot }: CutSlice): SliceObject {
  const object = JSON.parse(Buffer.from(json).toString()) as SliceObject;
  const { entries: written, skipped: left, ...own } = object;
  expect([written.length, left, own]).toEqual([entries, skipped, lot]);
  return object;
}
const bytesOf = (entry: unknown): number => Buffer.byteLength(JSON.stringify(entry));

describe('slices', () => {
  it('hold everybody once, in their order, those of one lot together', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 40 }), fc.integer({ min: 0, max: 9000 }), (lots, count) => {
        const recipients = Array.from({ length: count }, (_, index) => recipientOf(index, lots));
        const cutter = new Cutter();
        const slices = [...cutter.add(recipients, []), ...cutter.rest()].map(objectOf);
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
      waiting += group.reduce((sum, { entry }) => sum + bytesOf(entry), 0);
      for (const slice of cutter.add(group, [])) {
        waiting -= objectOf(slice).entries.reduce((sum, entry) => sum + bytesOf(entry), 0);
        slices += 1;
      }
      most = Math.max(most, waiting);
    }
    expect(most).toBeLessThan(MAX_OPEN_BYTES + 1_000_000);
    // They are cut where it helps most: none is of a few members only.
    expect(count / slices).toBeGreaterThan(100);
  });

  it('hold any text, and the skipped ones of their treatment', () => {
    const values = fc.array(
      fc.oneof(fc.string({ unit: 'binary' }), fc.array(fc.string()), fc.integer(), fc.constant(null)),
    );
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.string(), values), { maxLength: 50 }), (members) => {
        const recipients = members.map(([u, v], index) => ({
          lot: { kind: 'email', treatmentId: '3' },
          entry: { e: `e${index}`, u, c: 'EMAIL', v },
          address: '',
        }));
        const skipped = members.map(([u], index) => ({
          e: `s${index}`,
          u,
          c: 'EMAIL',
          r: 'ENDPOINT_OPT_OUT',
        }));
        const skips = skipped.map((entry) => ({ treatmentId: '3', kind: 'email', entry }));
        const cutter = new Cutter();
        const objects = [...cutter.add(recipients, skips), ...cutter.rest()].map(objectOf);
        expect(objects).toEqual(
          members.length === 0
            ? []
            : [{ kind: 'email', treatmentId: '3', entries: recipients.map(({ entry }) => entry), skipped }],
        );
      }),
    );
  });

  it('of one lot are full, however many there are', () => {
    const cutter = new Cutter();
    const group = Array.from({ length: 20_500 }, (_, index) => ({
      ...recipientOf(index, 1),
      lot: { kind: 'push', treatmentId: '0' },
    }));
    expect([...cutter.add(group, [])].map(({ entries }) => entries)).toEqual(
      Array<number>(20).fill(SLICE_SIZE),
    );
  });
});
