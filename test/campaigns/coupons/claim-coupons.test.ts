import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { claimCoupons } from '../../../lambdas/campaigns/coupons/claim-coupons.ts';
import { Fault } from '../../pinpoint/runs/support/faults.ts';
import { randomOf } from '../../support/virtual-time.ts';
import { CLAIM, inconsistencies, type MemoryCoupons, memoryCoupons } from './support.ts';

const codes = (count: number): string[] => Array.from({ length: count }, (_, index) => `CODE-${index}`);
const users = (count: number): string[] => Array.from({ length: count }, (_, index) => `u${index}`);

async function filled(count: number, lag = 0): Promise<MemoryCoupons> {
  const store = memoryCoupons(lag);
  await store.add(CLAIM.pool, codes(count));
  return store;
}

const claim = (store: MemoryCoupons, userIds: readonly string[], seed = 1) =>
  claimCoupons({ coupons: store, random: randomOf(seed) }, CLAIM, userIds);

describe('claiming coupons', () => {
  it('leaves out those for whom no code is left', async () => {
    const store = await filled(3);
    const given = await claim(store, users(5));
    expect(given.size).toBe(3);
    expect(inconsistencies(store, given)).toEqual([]);
    await store.add(CLAIM.pool, ['MORE-1', 'MORE-2']);
    const later = await claim(store, users(5));
    expect(later.size).toBe(5);
    expect([...given].filter(([userId, code]) => later.get(userId) !== code)).toEqual([]);
  });

  it('gives every code although what lists the free ones lags', async () => {
    const store = await filled(10, 4);
    const answers = await Promise.all(
      [users(4), users(8).slice(4), users(12).slice(8)].map((ids, seed) => claim(store, ids, seed)),
    );
    const given = new Map(answers.flatMap((answer) => [...answer]));
    expect(given.size).toBe(10);
    expect(inconsistencies(store, given)).toEqual([]);
  });

  it('reads and writes as little as a call of fifty needs', async () => {
    const store = await filled(60);
    let calls = 0;
    const counting = new Proxy(store, {
      get(target, name, receiver) {
        calls += 1;
        return Reflect.get(target, name, receiver) as unknown;
      },
    });
    await claim(counting, users(50));
    // Two writes a member; what is promised, taken and free is read once for all of them.
    expect(calls).toBeLessThanOrEqual(2 * 50 + 3);
    calls = 0;
    await claim(counting, users(50));
    expect(calls).toBeLessThanOrEqual(2);
  });
});

describe.each(['before', 'after'] as const)('a caller killed %s any of its calls', (moment) => {
  it('loses no code: a repeat gives everybody one, and what was left is left', async () => {
    for (let at = 1; ; at++) {
      const store = await filled(12);
      const fault = new Fault(at, moment);
      await claim(fault.on(store), users(10)).catch(() => undefined);
      const given = await claim(store, users(10), 7);
      expect(given.size, `killed at call ${at}`).toBe(10);
      expect(inconsistencies(store, given)).toEqual([]);
      expect(await store.count(CLAIM.pool)).toEqual({ given: 10, left: 2 });
      if (!fault.struck) break;
    }
  });
});

describe('callers killed one after the other, beside others who are not', () => {
  it('lose no code and give none twice', async () => {
    const kill = fc.record({
      at: fc.integer({ min: 1, max: 40 }),
      moment: fc.constantFrom('before' as const, 'after' as const),
      from: fc.integer({ min: 0, max: 15 }),
    });
    await fc.assert(
      fc.asyncProperty(
        fc.array(kill, { maxLength: 6 }),
        fc.integer({ min: 0, max: 3 }),
        async (kills, lag) => {
          const store = await filled(20, lag);
          const known = new Map<string, string>();
          const ask = async (port: MemoryCoupons, from: number, seed: number) => {
            const answer = await claim(port, users(from + 10).slice(from), seed).catch(() => undefined);
            for (const [userId, code] of answer ?? []) {
              expect(known.get(userId) ?? code).toBe(code);
              known.set(userId, code);
            }
          };
          await Promise.all(
            kills.flatMap(({ at, moment, from }, seed) => [
              ask(new Fault(at, moment).on(store), from, seed),
              ask(store, from, seed + 100),
            ]),
          );
          await ask(store, 0, 999);
          await ask(store, 10, 998);
          expect(known.size).toBe(20);
          expect(inconsistencies(store, known)).toEqual([]);
          expect((await store.count(CLAIM.pool)).given).toBe(20);
        },
      ),
      { numRuns: 150 },
    );
  });
});
