import type { WinnerMetric } from '../content.ts';
import { normalTwoSided, tQuantile, tTwoSided } from './distributions.ts';
import { type Base, totalOf, type VariantResult } from './results.ts';

/** How often something happened among `n` members. */
export interface Proportion {
  readonly count: number;
  readonly n: number;
}

/** A quantity of `n` members by its sums. */
export interface Sums {
  readonly n: number;
  readonly sum: number;
  readonly sumOfSquares: number;
}

export type Method = 'two-proportion z, pooled' | "Welch's t";

/** One variant against another. */
export interface Comparison {
  readonly method: Method;
  /** Difference of the two rates or means: 0.0068 is 0.68 percentage points. */
  readonly lift: number;
  /** The lift as a share of the other's value; null when that is 0. */
  readonly relativeLift: number | null;
  /** 95 % interval of the lift: Newcombe's of two proportions (1998, method 10), Welch's of two means. */
  readonly interval: { readonly from: number; readonly to: number };
  readonly statistic: number;
  readonly degreesOfFreedom?: number;
  /** Two-sided: how often chance alone makes a difference as large as this one. */
  readonly pValue: number;
  /** False where the numbers are too small for the method: fewer than 5 expected of a kind, fewer than 2 members. */
  readonly reliable: boolean;
}

/** A comparison among several: its p-value is corrected for their number (Holm). */
export interface VariantComparison extends Comparison {
  readonly variantId: string;
  readonly against: string;
  readonly adjustedPValue: number;
}

const ALPHA = 0.05;
const Z_95 = 1.959963984540054;
/** Cochran's rule for the normal approximation of a two-by-two table. */
const LEAST_EXPECTED = 5;

/** Rates: opens, clicks, conversions. Counts are whole, 0 ≤ count ≤ n. */
export function compareProportions(one: Proportion, other: Proportion): Comparison {
  const n = one.n + other.n;
  const pooled = ratio(one.count + other.count, n);
  const lift = ratio(one.count, one.n) - ratio(other.count, other.n);
  const error = Math.sqrt(pooled * (1 - pooled) * (ratio(1, one.n) + ratio(1, other.n)));
  const empty = one.n === 0 || other.n === 0;
  const statistic = error === 0 || empty ? 0 : lift / error;
  const expected = Math.min(pooled, 1 - pooled) * Math.min(one.n, other.n);
  return {
    method: 'two-proportion z, pooled',
    lift,
    relativeLift: relative(lift, ratio(other.count, other.n)),
    interval: empty ? { from: -1, to: 1 } : newcombe(one, other),
    statistic,
    pValue: normalTwoSided(statistic),
    reliable: expected >= LEAST_EXPECTED,
  };
}

/** Means of quantities whose variances differ: revenue per recipient. The sums may hold fractions. */
export function compareMeans(one: Sums, other: Sums): Comparison {
  const [a, b] = [squaredError(one), squaredError(other)];
  const lift = ratio(one.sum, one.n) - ratio(other.sum, other.n);
  const reliable = one.n > 1 && other.n > 1 && a + b > 0;
  const result = {
    method: "Welch's t",
    lift,
    relativeLift: relative(lift, ratio(other.sum, other.n)),
  } as const;
  if (!reliable) return { ...result, interval: { from: lift, to: lift }, statistic: 0, pValue: 1, reliable };
  const error = Math.sqrt(a + b);
  // Welch–Satterthwaite; the shares, not the squares themselves, keep large amounts within a double.
  const share = a / (a + b);
  const degreesOfFreedom = 1 / (share ** 2 / (one.n - 1) + (1 - share) ** 2 / (other.n - 1));
  const half = tQuantile(ALPHA, degreesOfFreedom) * error;
  return {
    ...result,
    interval: { from: lift - half, to: lift + half },
    statistic: lift / error,
    degreesOfFreedom,
    pValue: tTwoSided(lift / error, degreesOfFreedom),
    reliable,
  };
}

/**
 * One variant against each of several others by a metric, corrected for their number. `base`: among variants the members
 * with a delivered message; against the holdout, which has none, everybody the split gave each.
 */
export function compareWith(
  one: VariantResult,
  others: readonly VariantResult[],
  metric: WinnerMetric,
  base: Base,
): VariantComparison[] {
  return corrected(
    others.map((other) => [one, other]),
    metric,
    base,
  );
}

/** Each of several variants against another one, or against the holdout; as `compareWith`. */
export const compareEach = (
  several: readonly VariantResult[],
  other: VariantResult,
  metric: WinnerMetric,
  base: Base,
): VariantComparison[] =>
  corrected(
    several.map((one) => [one, other]),
    metric,
    base,
  );

function corrected(
  pairs: readonly (readonly [one: VariantResult, other: VariantResult])[],
  metric: WinnerMetric,
  base: Base,
): VariantComparison[] {
  const comparisons = pairs.map(([one, other]) => ({
    ...compare(one, other, metric, base),
    variantId: one.variantId,
    against: other.variantId,
  }));
  const adjusted = holm(comparisons.map(({ pValue }) => pValue));
  return comparisons.map((comparison, index) => ({ ...comparison, adjustedPValue: adjusted[index] ?? 1 }));
}

/** Holm's step-down correction (1979), in the order of the p-values given. */
export function holm(pValues: readonly number[]): number[] {
  const adjusted = new Array<number>(pValues.length).fill(1);
  const ascending = pValues.map((p, index) => ({ p, index })).sort((a, b) => a.p - b.p);
  let reached = 0;
  for (const [rank, { p, index }] of ascending.entries()) {
    reached = Math.max(reached, Math.min(1, p * (pValues.length - rank)));
    adjusted[index] = reached;
  }
  return adjusted;
}

function compare(one: VariantResult, other: VariantResult, metric: WinnerMetric, base: Base): Comparison {
  if (metric === 'revenue') return compareMeans(sumsOf(one, base), sumsOf(other, base));
  const proportion = (result: VariantResult) => ({ count: totalOf(result, metric), n: result[base] });
  return compareProportions(proportion(one), proportion(other));
}

const sumsOf = (result: VariantResult, base: Base): Sums => ({
  n: result[base],
  sum: result.revenue,
  sumOfSquares: result.revenueSquares,
});

const ratio = (part: number, whole: number): number => (whole === 0 ? 0 : part / whole);
const relative = (lift: number, value: number): number | null => (value === 0 ? null : lift / value);

/** Squared standard error of the mean. */
function squaredError({ n, sum, sumOfSquares }: Sums): number {
  if (n < 2) return 0;
  return Math.max(0, sumOfSquares - (sum * sum) / n) / (n - 1) / n;
}

/** Holds its 95 % where rates are near 0, as those of orders are, and never leaves −1…1. */
function newcombe(one: Proportion, other: Proportion): { from: number; to: number } {
  const [a, b] = [wilson(one), wilson(other)];
  const lift = a.rate - b.rate;
  return {
    from: lift - Math.hypot(a.rate - a.from, b.to - b.rate),
    to: lift + Math.hypot(a.to - a.rate, b.rate - b.from),
  };
}

function wilson({ count, n }: Proportion): { rate: number; from: number; to: number } {
  const rate = count / n;
  const zz = Z_95 ** 2;
  const middle = (count + zz / 2) / (n + zz);
  const half = (Z_95 / (n + zz)) * Math.sqrt(count * (1 - rate) + zz / 4);
  return { rate, from: Math.max(0, middle - half), to: Math.min(1, middle + half) };
}
