import type { Variant, WinnerMetric } from '../content.ts';

/** Stands where a variant's id stands for those who got nothing. */
export const HOLDOUT = 'holdout';

/**
 * What became of one variant of one send, or of its holdout (lib/reports/views/variant_results.sql). All counts are of
 * members; what happened counts within seven days of the member's message.
 */
export interface VariantResult {
  /** '0'…'10', or `holdout`. */
  readonly variantId: string;
  /** Everybody the split gave it, reached or not. */
  readonly members: number;
  readonly sent: number;
  readonly delivered: number;
  readonly opened: number;
  readonly clicked: number;
  /** Members with an order that is credited to the message. */
  readonly converted: number;
  readonly orders: number;
  /** Of the credited orders, in `currency`. */
  readonly revenue: number;
  /** Sum of the squares of each member's revenue. */
  readonly revenueSquares: number;
  /** ISO 4217; absent without an order. */
  readonly currency?: string;
}

/** A variant that may win; `weight` in basis points. */
export type Candidate = Pick<Variant, 'id' | 'name' | 'weight'>;

/** A candidate beside what became of it. */
export interface Entry {
  readonly candidate: Candidate;
  readonly result: VariantResult;
}

/** Out of how many members a metric is a rate or a mean. */
export type Base = 'members' | 'delivered';

const COUNTS = {
  opens: 'opened',
  clicks: 'clicked',
  conversions: 'converted',
} as const satisfies Record<Exclude<WinnerMetric, 'revenue'>, keyof VariantResult>;

/** The sum whose share of the base is the metric's value. */
export const totalOf = (result: VariantResult, metric: WinnerMetric): number =>
  metric === 'revenue' ? result.revenue : result[COUNTS[metric]];

/** A rate, or for `revenue` the mean of a member; 0 where nobody is counted. */
export function meanOf(result: VariantResult, metric: WinnerMetric, base: Base = 'delivered'): number {
  return result[base] === 0 ? 0 : totalOf(result, metric) / result[base];
}

export const noResult = (variantId: string): VariantResult => ({
  variantId,
  members: 0,
  sent: 0,
  delivered: 0,
  opened: 0,
  clicked: 0,
  converted: 0,
  orders: 0,
  revenue: 0,
  revenueSquares: 0,
});
