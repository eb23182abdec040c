import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { normalTwoSided, tQuantile, tTwoSided } from '../../../lambdas/campaigns/variants/distributions.ts';

/** The tail probability of t in closed form, where there is one (Abramowitz & Stegun 26.7.3 and 26.7.4). */
const CLOSED: Readonly<Record<number, (t: number) => number>> = {
  1: (t) => (2 / Math.PI) * Math.atan2(1, t),
  2: (t) => {
    const root = Math.sqrt(t * t + 2);
    return 2 / (root * (root + t));
  },
  3: (t) => (2 / Math.PI) * (Math.atan2(Math.sqrt(3), t) - (t * Math.sqrt(3)) / (t * t + 3)),
  4: (t) => {
    const cosine = 4 / (4 + t * t);
    return 1 - (t / Math.sqrt(4 + t * t)) * (1 + cosine / 2);
  },
};

const near = (found: number, expected: number, relative: number): void =>
  expect(Math.abs(found - expected)).toBeLessThanOrEqual(relative * expected);

describe('the normal distribution', () => {
  it.each([
    // Abramowitz & Stegun, table 26.1: 2 (1 − P(x)).
    [1, 0.31731050786],
    [1.96, 0.0499957902964],
    [3, 0.0026997960633],
    [4, 6.33424837e-5],
    // Table 7.3 by erfc, far out in the tail.
    [7, 2.559625088e-12],
    [20, 5.507248237e-89],
  ])('leaves outside of ±%d what the tables say', (z, p) => {
    near(normalTwoSided(z), p, 1e-9);
    expect(normalTwoSided(-z)).toBe(normalTwoSided(z));
  });

  it('falls without a step where the two computations meet', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 6, noNaN: true }), (z) => {
        expect(normalTwoSided(z + 1e-6)).toBeLessThan(normalTwoSided(z) + 1e-13);
      }),
    );
    near(normalTwoSided(2.8284271), normalTwoSided(2.8284272), 1e-6);
  });
});

describe("Student's distribution", () => {
  it.each([
    // Critical values of every table, two-sided 5 % and 1 %.
    [1, 0.05, 12.706],
    [5, 0.05, 2.571],
    [10, 0.05, 2.228],
    [30, 0.05, 2.042],
    [120, 0.05, 1.98],
    [10, 0.01, 3.169],
    [60, 0.01, 2.66],
  ])('with %d degrees of freedom has at %d the published critical value', (df, p, critical) => {
    expect(Math.abs(tQuantile(p, df) - critical)).toBeLessThan(0.0005);
  });

  it('is its closed form where there is one', () => {
    for (const [df, closed] of Object.entries(CLOSED)) {
      fc.assert(
        fc.property(fc.double({ min: 0, max: 30, noNaN: true }), (t) => {
          expect(Math.abs(tTwoSided(t, Number(df)) - closed(t))).toBeLessThan(1e-12);
        }),
      );
    }
  });

  it('becomes the normal distribution with millions of members', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 6, noNaN: true }), (t) => {
        near(tTwoSided(t, 1e7), normalTwoSided(t), 1e-4);
      }),
      { numRuns: 30 },
    );
  });

  it('is undone by its quantile', () => {
    fc.assert(
      fc.property(
        fc.double({ min: 1e-6, max: 0.999, noNaN: true }),
        fc.double({ min: 0.5, max: 1e5, noNaN: true }),
        (p, df) => {
          near(tTwoSided(tQuantile(p, df), df), p, 1e-6);
        },
      ),
      { numRuns: 50 },
    );
  });
});
