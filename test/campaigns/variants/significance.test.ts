import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import { noResult, type VariantResult } from '../../../lambdas/campaigns/variants/results.ts';
import {
  compareMeans,
  compareProportions,
  compareWith,
  holm,
  type Sums,
} from '../../../lambdas/campaigns/variants/significance.ts';

const sumsOf = (values: readonly number[]): Sums => ({
  n: values.length,
  sum: values.reduce((total, value) => total + value, 0),
  sumOfSquares: values.reduce((total, value) => total + value * value, 0),
});

const proportion = fc
  .record({ n: fc.integer({ min: 1, max: 1_000_000 }), part: fc.double({ min: 0, max: 1, noNaN: true }) })
  .map(({ n, part }) => ({ n, count: Math.floor(n * part) }));

describe('two rates', () => {
  it('have the interval of the published example (Newcombe 1998, 56 of 70 against 48 of 80)', () => {
    const { lift, interval } = compareProportions({ count: 56, n: 70 }, { count: 48, n: 80 });
    expect(lift).toBeCloseTo(0.2, 12);
    expect(interval.from).toBeCloseTo(0.0524, 4);
    expect(interval.to).toBeCloseTo(0.3339, 4);
  });

  it('have, where nothing happened at all, the published interval (Newcombe 1998, 0 of 10 against 0 of 20)', () => {
    const found = compareProportions({ count: 0, n: 10 }, { count: 0, n: 20 });
    expect(found.interval.from).toBeCloseTo(-0.1611, 4);
    expect(found.interval.to).toBeCloseTo(0.2775, 4);
    expect(found).toMatchObject({ statistic: 0, pValue: 1, relativeLift: null, reliable: false });
  });

  it('tell the same of each other with the sign turned, and their interval holds the lift', () => {
    fc.assert(
      fc.property(proportion, proportion, (one, other) => {
        const [there, back] = [compareProportions(one, other), compareProportions(other, one)];
        expect(there.pValue).toBeCloseTo(back.pValue, 12);
        expect(there.lift).toBeCloseTo(-back.lift, 12);
        expect(there.interval.from).toBeCloseTo(-back.interval.to, 12);
        expect(there.interval.from).toBeLessThanOrEqual(there.lift + 1e-12);
        expect(there.interval.to).toBeGreaterThanOrEqual(there.lift - 1e-12);
        expect(there.interval.from).toBeGreaterThanOrEqual(-1 - 1e-12);
        expect(there.interval.to).toBeLessThanOrEqual(1 + 1e-12);
        expect(there.pValue).toBeGreaterThanOrEqual(0);
        expect(there.pValue).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('square to the chi-square of their two-by-two table', () => {
    fc.assert(
      fc.property(proportion, proportion, (one, other) => {
        const table = [one, other].map(({ count, n }) => [count, n - count] as const);
        const columns = [0, 1].map((column) => table.reduce((sum, row) => sum + (row[column] ?? 0), 0));
        if (columns.includes(0)) return;
        const total = one.n + other.n;
        const cells = [one, other].flatMap(({ n }, row) =>
          columns.map((sum, column) => {
            const expected = (n * sum) / total;
            return ((table[row]?.[column] ?? 0) - expected) ** 2 / expected;
          }),
        );
        const chiSquare = cells.reduce((sum, cell) => sum + cell, 0);
        const { statistic } = compareProportions(one, other);
        expect(Math.abs(statistic ** 2 - chiSquare)).toBeLessThanOrEqual(1e-6 * Math.max(1, chiSquare));
      }),
    );
  });

  it('of nobody are no evidence of anything', () => {
    const found = compareProportions({ count: 0, n: 0 }, { count: 5, n: 10 });
    expect(found).toMatchObject({ pValue: 1, reliable: false, interval: { from: -1, to: 1 } });
  });
});

describe('two means', () => {
  // "The probable error of a mean" (Student 1908), the sleep of ten patients; R documents t.test(extra ~ group) of it.
  const one = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2];
  const other = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];

  it('are compared as the published example is', () => {
    const found = compareMeans(sumsOf(one), sumsOf(other));
    expect(found.method).toBe("Welch's t");
    expect(found.statistic).toBeCloseTo(-1.8608, 4);
    expect(found.degreesOfFreedom).toBeCloseTo(17.776, 3);
    expect(found.pValue).toBeCloseTo(0.07939, 5);
    expect(found.interval.from).toBeCloseTo(-3.3654832, 6);
    expect(found.interval.to).toBeCloseTo(0.2054832, 6);
  });

  it('do not change with the currency they are told in', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-3, max: 1e6, noNaN: true }), (rate) => {
        const scaled = compareMeans(
          sumsOf(one.map((value) => value * rate)),
          sumsOf(other.map((value) => value * rate)),
        );
        expect(scaled.pValue).toBeCloseTo(0.0793941, 6);
        expect(scaled.lift / rate).toBeCloseTo(-1.58, 6);
      }),
    );
  });

  it.each([
    ['of one member', { n: 1, sum: 5, sumOfSquares: 25 }, { n: 10, sum: 3, sumOfSquares: 9 }],
    ['without any variance', { n: 10, sum: 0, sumOfSquares: 0 }, { n: 10, sum: 0, sumOfSquares: 0 }],
  ])('%s are no evidence of anything', (_, some, others) => {
    expect(compareMeans(some, others)).toMatchObject({ pValue: 1, reliable: false });
  });
});

describe('several comparisons', () => {
  it('are corrected step by step: 4, 3, 2 and 1 times, never below the one before', () => {
    // As R's p.adjust(…, 'holm') answers.
    expect(holm([0.01, 0.02, 0.03, 0.005])).toEqual([0.03, 0.04, 0.04, 0.02]);
  });

  it('keep their order, are never surer than alone, nor less sure than by Bonferroni', () => {
    const pValues = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 11 });
    fc.assert(
      fc.property(pValues, (all) => {
        const adjusted = holm(all);
        for (const [i, p] of all.entries()) {
          expect(adjusted[i]).toBeGreaterThanOrEqual(p);
          expect(adjusted[i]).toBeLessThanOrEqual(Math.min(1, p * all.length) + 1e-15);
          for (const [j, q] of all.entries())
            if (p < q) expect(adjusted[i]).toBeLessThanOrEqual(adjusted[j] ?? 0);
        }
      }),
    );
  });
});

const HILLSTROM = join(import.meta.dirname, '../../../../shared/data/hillstrom.csv.gz');
const there = existsSync(HILLSTROM);
if (!there) console.warn(`SKIPPED: the known lifts of a real experiment; ${HILLSTROM} is not there`);

describe.skipIf(!there)('the Hillstrom e-mail experiment', () => {
  let rows: { segment: string; conversion: string; spend: string; visit: string }[];
  let arms: Record<'mens' | 'womens' | 'holdout', VariantResult>;
  beforeAll(() => {
    rows = parse(gunzipSync(readFileSync(HILLSTROM)), { columns: true });
    arms = { mens: arm('Mens E-Mail'), womens: arm('Womens E-Mail'), holdout: arm('No E-Mail') };
  });

  const spends = (segment: string) =>
    rows.filter((row) => row.segment === segment).map(({ spend }) => Number(spend));

  function arm(segment: string): VariantResult {
    const mine = rows.filter((row) => row.segment === segment);
    const { n, sum, sumOfSquares } = sumsOf(spends(segment));
    const mailed = segment === 'No E-Mail' ? 0 : n;
    const converted = mine.filter(({ conversion }) => conversion === '1').length;
    const counts = { members: n, sent: mailed, delivered: mailed, converted, orders: converted };
    return { ...noResult(segment), ...counts, revenue: sum, revenueSquares: sumOfSquares, currency: 'USD' };
  }

  it('has the known lifts of conversion against the holdout', () => {
    const { mens, womens, holdout } = arms;
    const [men] = compareWith(mens, [holdout], 'conversions', 'members');
    const [women] = compareWith(womens, [holdout], 'conversions', 'members');
    expect((men?.lift ?? 0) * 100).toBeCloseTo(0.6805, 4);
    expect(men?.statistic).toBeCloseTo(7.385, 3);
    expect((women?.lift ?? 0) * 100).toBeCloseTo(0.3111, 4);
    expect(women?.statistic).toBeCloseTo(3.78, 3);
    expect(men?.reliable).toBe(true);
    expect(men?.interval.from).toBeGreaterThan(0);
  });

  it('has the known difference of its two messages', () => {
    const [found] = compareWith(arms.mens, [arms.womens], 'conversions', 'delivered');
    expect(found?.statistic).toBeCloseTo(3.713, 3);
  });

  it('has the Welch statistic of its spend that the definition gives, member by member', () => {
    const [a, b] = ['Mens E-Mail', 'No E-Mail'].map((segment) => {
      const values = spends(segment);
      const mean = values.reduce((total, value) => total + value, 0) / values.length;
      const variance = values.reduce((total, value) => total + (value - mean) ** 2, 0) / (values.length - 1);
      return { mean, n: values.length, error: variance / values.length };
    }) as [Moments, Moments];
    const t = (a.mean - b.mean) / Math.sqrt(a.error + b.error);
    const df = (a.error + b.error) ** 2 / (a.error ** 2 / (a.n - 1) + b.error ** 2 / (b.n - 1));
    const [found] = compareWith(arms.mens, [arms.holdout], 'revenue', 'members');
    expect(found?.statistic).toBeCloseTo(t, 8);
    expect(found?.degreesOfFreedom).toBeCloseTo(df, 2);
    expect(found?.pValue).toBeLessThan(0.001);
  });
});

interface Moments {
  readonly mean: number;
  readonly n: number;
  readonly error: number;
}
