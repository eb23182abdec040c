import type { CreateCouponPool } from '../../../schemas/campaigns/generated/requests.js';
import type { Ctx } from '../../shared/context.ts';
import { conflict, notFound } from '../../shared/errors.ts';
import { suggestion } from '../../shared/validation.ts';
import { type Pool, type PoolView, poolView } from './pool.ts';
import type { PoolStore } from './ports.ts';

/** Makes an empty pool. Throws `conflict` when there is one of this name. */
export async function createPool(pools: PoolStore, ctx: Ctx, input: CreateCouponPool): Promise<PoolView> {
  const pool: Pool = {
    ...input,
    name: input.name.normalize('NFC'),
    createdAt: new Date(ctx.now).toISOString(),
    createdBy: ctx.actor,
  };
  if (!(await pools.create(pool))) throw conflict(`There is a coupon pool "${pool.name}" already`, 'name');
  return poolView(pool, { given: 0, left: 0 });
}

/** The pool of this name. Throws `not_found` with the nearest names. */
export async function foundPool(pools: PoolStore, name: string, field = 'name'): Promise<Pool> {
  const pool = await pools.get(name.normalize('NFC'));
  if (pool !== undefined) return pool;
  const names = (await pools.list()).map((each) => each.name);
  throw notFound(`There is no coupon pool "${name}"${suggestion(name, names)}`, field);
}

/** A pool with how many codes it has, how many are given, and how many are left. */
export async function getPool(pools: PoolStore, name: string): Promise<PoolView> {
  const pool = await foundPool(pools, name);
  return poolView(pool, await pools.count(pool.name));
}

/** All pools, by name, without their counts. */
export const listPools = async (pools: PoolStore): Promise<{ readonly result: readonly Pool[] }> => ({
  result: await pools.list(),
});
