import type { Ctx } from '../../shared/context.ts';
import type { Channel } from '../content.ts';

export type { Time } from '../../shared/time.ts';

/** Who is in a segment, as it was resolved `at` (ISO 8601, UTC). */
export interface ResolvedList {
  readonly resolutionId: string;
  /** Prefix of the list, `s3://bucket/prefix/`. */
  readonly url: string;
  readonly at: string;
}

export interface ResolvedLists {
  /**
   * The segment's list as it is now, or was a few minutes ago. Throws `unavailable` when finding out takes longer than a
   * caller waits, `not_found` for an unknown segment.
   */
  of(ctx: Ctx, segment: string): Promise<ResolvedList>;
}

export type Usage = Readonly<Partial<Record<Channel, number>>>;

/** Messages that went out in the calendar month so far (UTC, as providers bill). */
export interface MonthUse {
  /** Undefined when it cannot be told soon enough; channels without a message may be left out. */
  of(now: number): Promise<Usage | undefined>;
}

/** Codes that are left in a coupon pool. */
export interface CouponsLeft {
  count(pool: string): Promise<{ readonly left: number }>;
}
