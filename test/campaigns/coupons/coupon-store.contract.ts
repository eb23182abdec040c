import { expect, it } from 'vitest';
import { claimCoupons } from '../../../lambdas/campaigns/coupons/claim-coupons.ts';
import type { Claim, CouponStore, PoolStore } from '../../../lambdas/campaigns/coupons/ports.ts';
import { CLAIM } from './support.ts';

let pools = 0;
const codesOf = (count: number, prefix = 'SPRING'): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}-${String(index).padStart(4, '0')}`);
const usersOf = (count: number): string[] => Array.from({ length: count }, (_, index) => `회원/${index}`);

/** What every store of coupons promises, and claiming over it. */
export function couponStoreContract(open: () => CouponStore & PoolStore): void {
  const filled = async (count: number) => {
    const store = open();
    const pool = `pool-${++pools}`;
    expect(await store.add(pool, codesOf(count))).toEqual(new Set());
    return { store, pool, claim: { ...CLAIM, pool } };
  };
  const claimed = (store: CouponStore, claim: Claim, users: readonly string[]) =>
    claimCoupons({ coupons: store, random: Math.random }, claim, users);

  it('makes a pool once, finds it, and lists all by name', async () => {
    const store = open();
    const [a, b] = [`pool-${++pools}-가`, `pool-${++pools}-나`];
    const pool = (name: string) => ({ name, createdAt: '2026-11-22T00:00:00.000Z', createdBy: 'key-1' });
    expect(await store.create(pool(b))).toBe(true);
    expect(await store.create(pool(a))).toBe(true);
    expect(await store.create({ ...pool(a), createdBy: 'other' })).toBe(false);
    expect(await store.get(a)).toEqual(pool(a));
    expect(await store.get('none')).toBeUndefined();
    const names = (await store.list()).map(({ name }) => name).filter((name) => name === a || name === b);
    expect(names).toEqual([a, b].sort());
  });

  it('has a code once, however often it is sent, and leaves what is given with its member', async () => {
    const { store, pool, claim } = await filled(3);
    const codes = await claimed(store, claim, ['kim']);
    expect(await store.add(pool, [...codesOf(3), 'NEW#1', 'new#1'])).toEqual(new Set(codesOf(3)));
    expect(await store.count(pool)).toEqual({ given: 1, left: 4 });
    expect(await claimed(store, claim, ['kim'])).toEqual(codes);
  });

  it('lists free codes from anywhere, each once, and fewer only when there are no more', async () => {
    const { store, pool, claim } = await filled(40);
    for (const start of [0, 0.03, 0.5, 0.999]) {
      expect(new Set(await store.free(pool, 40, start))).toEqual(new Set(codesOf(40)));
      expect(await store.free(pool, 100, start)).toHaveLength(40);
      expect(new Set(await store.free(pool, 15, start)).size).toBe(15);
    }
    await claimed(store, claim, usersOf(38));
    expect(await store.free(pool, 10, 0.5)).toHaveLength(2);
    expect(await store.free('none', 10, 0.5)).toEqual([]);
  });

  it('lets one of many take a code, again if need be, and keeps a promise only over the one that was seen', async () => {
    const { store, claim } = await filled(1);
    const [code = ''] = codesOf(1);
    const takes = await Promise.all(usersOf(5).map((userId) => store.take(claim, userId, code)));
    expect(takes.filter(Boolean)).toHaveLength(1);
    const owner = usersOf(5)[takes.indexOf(true)] ?? '';
    expect(await store.take(claim, owner, code)).toBe(true);
    expect(await store.take({ ...claim, campaignId: 'other' }, owner, code)).toBe(false);
    expect(await store.take(claim, owner, 'no code of it')).toBe(false);
    expect(await store.taken(claim, new Map(usersOf(5).map((userId) => [userId, code])))).toEqual(
      new Map([[owner, code]]),
    );
    expect(await store.promise(claim, 'kim', 'A', undefined)).toBe(true);
    expect(await store.promise(claim, 'kim', 'B', undefined)).toBe(false);
    expect(await store.promise(claim, 'kim', 'B', 'A')).toBe(true);
    expect(await store.promise(claim, 'kim', 'C', 'A')).toBe(false);
    expect(await store.promises(claim, ['kim', 'lee'])).toEqual(new Map([['kim', 'B']]));
  });

  it('gives each member a code of its own, and the same one when it is asked again', async () => {
    const { store, pool, claim } = await filled(150);
    const users = usersOf(120);
    const codes = await claimed(store, claim, [...users, ...users.slice(0, 9)]);
    expect(new Set(codes.values()).size).toBe(120);
    expect([...codes.values()].every((code) => codesOf(150).includes(code))).toBe(true);
    expect(await claimed(store, claim, users)).toEqual(codes);
    expect(await store.count(pool)).toEqual({ given: 120, left: 30 });
  });

  it('gives another code for another campaign', async () => {
    const { store, claim } = await filled(4);
    const first = await claimed(store, claim, ['kim']);
    const second = await claimed(store, { ...claim, campaignId: 'other' }, ['kim']);
    expect(second.get('kim')).not.toBe(first.get('kim'));
  });

  it('gives all it has and no more to those who come side by side, some of them twice', async () => {
    const { store, pool, claim } = await filled(30);
    const calls = [usersOf(20), usersOf(20), usersOf(40).slice(10), usersOf(40).slice(20)];
    const answers = await Promise.all(calls.map((users) => claimed(store, claim, users)));
    const all = new Map<string, string>();
    for (const [userId, code] of answers.flatMap((answer) => [...answer])) {
      expect(all.get(userId) ?? code).toBe(code);
      all.set(userId, code);
    }
    expect(new Set(all.values()).size).toBe(all.size);
    expect(all.size).toBe(30);
    expect(await store.count(pool)).toEqual({ given: 30, left: 0 });
    expect(await claimed(store, claim, ['late'])).toEqual(new Map());
  });
}
