import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { editDistance, nearest } from '../../lambdas/shared/nearest.ts';

describe('editDistance', () => {
  it('is a metric: zero only for equal strings, symmetric, and never above the longer length', () => {
    fc.assert(
      fc.property(
        fc.string({ unit: 'grapheme', maxLength: 12 }),
        fc.string({ unit: 'grapheme', maxLength: 12 }),
        (a, b) => {
          const distance = editDistance(a, b);
          expect(distance === 0).toBe(a === b);
          expect(distance).toBe(editDistance(b, a));
          expect(distance).toBeLessThanOrEqual(Math.max([...a].length, [...b].length));
        },
      ),
    );
  });

  it('obeys the triangle inequality', () => {
    const word = fc.string({ maxLength: 6 });
    fc.assert(
      fc.property(word, word, word, (a, b, c) => {
        expect(editDistance(a, c)).toBeLessThanOrEqual(editDistance(a, b) + editDistance(b, c));
      }),
    );
  });
});

describe('nearest', () => {
  it('suggests the names a caller most likely meant, best first', () => {
    expect(nearest('cart_abandoner', ['vip', 'cart_abandoners', 'cart', 'dormant'])[0]).toBe(
      'cart_abandoners',
    );
    expect(nearest('golds', ['gold', 'silver'])).toEqual(['gold']);
    expect(nearest('gold', ['golden', 'golds', 'gold1', 'silver'])).toEqual(['gold1', 'golds', 'golden']);
    expect(nearest('xyz', ['completely-different'])).toEqual([]);
  });
});
