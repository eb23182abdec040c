import type { Pool } from '../../../lambdas/campaigns/coupons/pool.ts';
import type { Claim, CouponStore, PoolStore } from '../../../lambdas/campaigns/coupons/ports.ts';

export const CLAIM: Claim = { pool: 'spring', campaignId: 'campaign-1' };

export interface MemoryCoupons extends CouponStore, PoolStore {
  /** Whose a code is, by pool and code; null: nobody's. */
  readonly codes: Map<string, Map<string, string | null>>;
}

/** Pools, codes and promises in memory. `lag`: free codes are listed as they were so many takings ago. */
export function memoryCoupons(lag = 0): MemoryCoupons {
  const pools = new Map<string, Pool>();
  const codes = new Map<string, Map<string, string | null>>();
  const promises = new Map<string, string>();
  const takings: string[] = [];
  const codesOf = (pool: string): Map<string, string | null> => {
    const found = codes.get(pool) ?? new Map<string, string | null>();
    codes.set(pool, found);
    return found;
  };
  const keyOf = ({ pool, campaignId }: Claim, userId: string) => `${pool}#${campaignId}#${userId}`;
  return {
    codes,
    async create(pool) {
      if (pools.has(pool.name)) return false;
      pools.set(pool.name, pool);
      return true;
    },
    get: async (name) => pools.get(name),
    list: async () => [...pools.values()].sort((a, b) => (a.name < b.name ? -1 : 1)),
    async add(pool, added) {
      const known = added.filter((code) => codesOf(pool).has(code));
      for (const code of added) if (!codesOf(pool).has(code)) codesOf(pool).set(code, null);
      return new Set(known);
    },
    async count(pool) {
      const owners = [...codesOf(pool).values()];
      const given = owners.filter((owner) => owner !== null).length;
      return { given, left: owners.length - given };
    },
    async promises(claim, userIds) {
      return new Map(
        userIds.flatMap((userId) => {
          const code = promises.get(keyOf(claim, userId));
          return code === undefined ? [] : [[userId, code] as const];
        }),
      );
    },
    async promise(claim, userId, code, seen) {
      if (promises.get(keyOf(claim, userId)) !== seen) return false;
      promises.set(keyOf(claim, userId), code);
      return true;
    },
    async take(claim, userId, code) {
      const owner = codesOf(claim.pool).get(code);
      if (owner === undefined || (owner !== null && owner !== keyOf(claim, userId))) return false;
      codesOf(claim.pool).set(code, keyOf(claim, userId));
      takings.push(code);
      return true;
    },
    async taken(claim, promised) {
      return new Map(
        [...promised].filter(([userId, code]) => codesOf(claim.pool).get(code) === keyOf(claim, userId)),
      );
    },
    async free(pool, limit, start) {
      const late = new Set(takings.slice(Math.max(0, takings.length - lag)));
      const free = [...codesOf(pool)].flatMap(([code, owner]) =>
        owner === null || late.has(code) ? [code] : [],
      );
      const at = Math.floor(start * free.length);
      return [...free.slice(at), ...free.slice(0, at)].slice(0, limit);
    },
  };
}

/** Nobody has two codes, no code two members; what was given is given still. */
export function inconsistencies(
  store: MemoryCoupons,
  given: ReadonlyMap<string, string>,
  claim: Claim = CLAIM,
): string[] {
  const owned = [...(store.codes.get(claim.pool) ?? [])].filter(([, owner]) => owner !== null);
  const owners = owned.map(([, owner]) => owner);
  const twice = owners.filter((owner, index) => owners.indexOf(owner) !== index);
  const changed = [...given].filter(
    ([userId, code]) =>
      store.codes.get(claim.pool)?.get(code) !== `${claim.pool}#${claim.campaignId}#${userId}`,
  );
  return [
    ...twice.map((owner) => `${owner} has two`),
    ...changed.map(([userId]) => `${userId} lost its code`),
  ];
}
