/** A named store of coupon codes, each of which is given to one member (spec §4). Times are ISO 8601, UTC. */
export interface Pool {
  readonly name: string;
  readonly description?: string;
  readonly createdAt: string;
  readonly createdBy: string;
}

/** How many codes of a pool members have, and how many are left. */
export interface PoolCounts {
  readonly given: number;
  readonly left: number;
}

/** A pool as the API shows it. */
export interface PoolView extends Pool, PoolCounts {
  readonly total: number;
}

export const poolView = (pool: Pool, { given, left }: PoolCounts): PoolView => ({
  ...pool,
  total: given + left,
  given,
  left,
});
