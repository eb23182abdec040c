import { RepointError } from '../../shared/errors.ts';
import { inParallel } from '../../shared/parallel.ts';
import type { Claim, CouponStore } from './ports.ts';

export interface ClaimDeps {
  readonly coupons: CouponStore;
  /** 0 ≤ n < 1. */
  readonly random: () => number;
}

/** Writes go one by one, for each has its own condition. */
const WRITES_IN_FLIGHT = 25;
/** Who is left without a code has met others in as many rounds; near the end of a pool many want the same few. */
const ROUNDS = 12;

/**
 * Gives each member a code of the pool: one a campaign, never one that anybody else has. Answers them by userId; members for
 * whom no code is left are left out. Safe to repeat and to race; whenever the caller dies, a repeat answers the same codes,
 * and a code that nobody was given is still in the pool: none is lost.
 */
export async function claimCoupons(
  deps: ClaimDeps,
  claim: Claim,
  userIds: readonly string[],
): Promise<Map<string, string>> {
  const given = new Map<string, string>();
  /** Codes that others were faster for: what lists the free ones may lag. */
  const lost = new Set<string>();
  let left = [...new Set(userIds)];
  const keep = (codes: ReadonlyMap<string, string>): void => {
    for (const [userId, code] of codes) given.set(userId, code);
    left = left.filter((userId) => !given.has(userId));
  };
  for (let round = 0; left.length > 0; round++) {
    if (round === ROUNDS)
      throw new RepointError(
        'unavailable',
        `The codes of pool "${claim.pool}" are taken by others all the time`,
      );
    const promised = await deps.coupons.promises(claim, left);
    keep(await settled(deps.coupons, claim, promised, lost));
    if (left.length === 0) break;
    const listed = await deps.coupons.free(claim.pool, left.length + lost.size, deps.random());
    const free = listed.filter((code) => !lost.has(code));
    if (free.length === 0) break;
    keep(await handedOut(deps.coupons, claim, promised, left, free, lost));
  }
  return given;
}

/** Promises that hold: the code is the member's, or becomes it now. */
async function settled(
  coupons: CouponStore,
  claim: Claim,
  promised: ReadonlyMap<string, string>,
  lost: Set<string>,
): Promise<Map<string, string>> {
  const held = new Map(await coupons.taken(claim, promised));
  const open = [...promised].filter(([userId]) => !held.has(userId));
  await inParallel(open, WRITES_IN_FLIGHT, async ([userId, code]) => {
    if (await coupons.take(claim, userId, code)) held.set(userId, code);
    else lost.add(code);
  });
  return held;
}

/** Promises and takes a free code each. */
async function handedOut(
  coupons: CouponStore,
  claim: Claim,
  promised: ReadonlyMap<string, string>,
  userIds: readonly string[],
  free: readonly string[],
  lost: Set<string>,
): Promise<Map<string, string>> {
  const taken = new Map<string, string>();
  const pairs = userIds.slice(0, free.length).map((userId, index) => [userId, free[index] ?? ''] as const);
  await inParallel(pairs, WRITES_IN_FLIGHT, async ([userId, code]) => {
    // Whom somebody else was faster for has a promise now; the next round finds it.
    if (!(await coupons.promise(claim, userId, code, promised.get(userId)))) return;
    if (await coupons.take(claim, userId, code)) taken.set(userId, code);
    else lost.add(code);
  });
  return taken;
}
