import type { Pool, PoolCounts } from './pool.ts';

export interface PoolStore {
  /** False when there is a pool of this name. */
  create(pool: Pool): Promise<boolean>;
  get(name: string): Promise<Pool | undefined>;
  /** All pools, by name. */
  list(): Promise<Pool[]>;
  /** Adds distinct codes; answers those that the pool had before. A code that was given stays given. */
  add(pool: string, codes: readonly string[]): Promise<ReadonlySet<string>>;
  /** Counted when it is asked; what happened within the last second may be missing. */
  count(pool: string): Promise<PoolCounts>;
}

/** Who a code of a pool is for: one code a member and campaign. */
export interface Claim {
  readonly pool: string;
  readonly campaignId: string;
}

/**
 * A code is given by two writes: a promise, which names it, and its taking, which makes it the member's. A code belongs to
 * whoever took it; a promise of a code that somebody else took is void.
 */
export interface CouponStore {
  /** Promised codes by userId, as last written; void ones among them. */
  promises(claim: Claim, userIds: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** Promises the code if what is promised is still `seen` (undefined: nothing); false otherwise. */
  promise(claim: Claim, userId: string, code: string, seen: string | undefined): Promise<boolean>;
  /** Makes a code the member's if it is nobody's, or the member's already; false when it is somebody else's. */
  take(claim: Claim, userId: string, code: string): Promise<boolean>;
  /** Those of the promised codes that are the members', by userId. */
  taken(claim: Claim, promised: ReadonlyMap<string, string>): Promise<ReadonlyMap<string, string>>;
  /**
   * Up to `limit` distinct codes that were nobody's a moment ago; fewer only when there are no more. Callers with different
   * starts (0 ≤ start < 1) seldom meet.
   */
  free(pool: string, limit: number, start: number): Promise<readonly string[]>;
}

/** Takes a member out of what was given (spec §1, erasure). */
export interface CouponEraser {
  /** The member's codes stay given and belong to nobody that could be named; answers how many. Safe to repeat. */
  forget(userId: string): Promise<number>;
}
