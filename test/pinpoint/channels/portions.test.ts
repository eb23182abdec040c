import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { portionsOf } from '../../../lambdas/pinpoint/channels/portions.ts';

const weight = (portion: readonly number[]): number => portion.reduce((sum, each) => sum + each, 0);

describe('portions', () => {
  it('hold every item once, in order, and no more than they may unless it is one alone', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 12 })), (items) => {
        const portions = portionsOf(items, (each) => each, 10);
        expect(portions.flat()).toEqual(items);
        for (const portion of portions) expect(portion.length === 1 || weight(portion) <= 10).toBe(true);
      }),
    );
  });

  it('are as few as they can be in that order: none takes what the next begins with', () => {
    fc.assert(
      fc.property(fc.array(fc.nat({ max: 12 })), (items) => {
        const portions = portionsOf(items, (each) => each, 10);
        for (const [index, portion] of portions.slice(0, -1).entries())
          expect(weight([...portion, portions[index + 1]?.[0] ?? 0])).toBeGreaterThan(10);
      }),
    );
  });
});
