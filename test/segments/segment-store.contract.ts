import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import type { SegmentStore } from '../../lambdas/segments/ports.ts';
import type { Segment } from '../../lambdas/segments/segment.ts';

const first = (name: string): Segment => ({
  name,
  rule: { attribute: 'grade', is: 'GOLD' },
  version: 1,
  createdAt: '2026-11-21T00:00:00.000Z',
  updatedAt: '2026-11-21T00:00:00.000Z',
});

/** What every store of segments promises. */
export function segmentStoreContract(open: () => SegmentStore): void {
  it('gives back what was saved, and each version by its number', async () => {
    const [store, name] = [open(), `장바구니-${randomUUID()}`];
    const one = first(name);
    const two: Segment = {
      ...one,
      version: 2,
      description: 'two',
      rule: { did: 'purchase', inTheLastDays: 1 },
    };
    await store.save(one, undefined);
    await store.save(two, one);
    expect(await store.find(name)).toEqual(two);
    expect(await store.findVersion(name, 2)).toEqual(two);
    expect(await store.findVersion(name, 1)).toEqual(one);
    expect(await store.findVersion(name, 3)).toBeUndefined();
    expect(await store.find(randomUUID())).toBeUndefined();
  });

  it('keeps a rule as it was written: deeper than DynamoDB nests, its fields in their order, any number as it is', async () => {
    const [store, name] = [open(), randomUUID()];
    let rule: Segment['rule'] = { attribute: 'point', atLeast: 0.1 + 0.2 };
    for (let depth = 0; depth < 50; depth++) rule = { none: [rule, { is: 'b', attribute: 'a' }] };
    await store.save({ ...first(name), rule }, undefined);
    const page = await store.list(100);
    for (const found of [await store.find(name), page.segments.find((one) => one.name === name)])
      expect(JSON.stringify(found?.rule)).toBe(JSON.stringify(rule));
  });

  it('lets one of two concurrent changes win; the other is told', async () => {
    const [store, name] = [open(), randomUUID()];
    const one = first(name);
    await store.save(one, undefined);
    await expect(store.save(one, undefined)).rejects.toMatchObject({ code: 'conflict' });
    await store.save({ ...one, version: 2, description: 'winner' }, one);
    await expect(store.save({ ...one, version: 2, description: 'loser' }, one)).rejects.toMatchObject({
      code: 'conflict',
    });
    expect(await store.find(name)).toMatchObject({ description: 'winner' });
  });

  it('lists all by pages, each once, in the order of names', async () => {
    const [store, run] = [open(), randomUUID()];
    const names = ['c', 'a', 'b', 'ㄱ', 'd'].map((letter) => `${run}-${letter}`);
    for (const name of names) await store.save(first(name), undefined);
    const seen: string[] = [];
    for (let after: string | undefined, more = true; more; ) {
      const page = await store.list(2, after);
      seen.push(...page.segments.map(({ name }) => name));
      after = page.after;
      more = after !== undefined;
    }
    const mine = seen.filter((name) => name.startsWith(run));
    expect(mine).toEqual([...names].sort());
    expect(new Set(seen).size).toBe(seen.length);
    expect((await store.names()).filter((name) => name.startsWith(run)).sort()).toEqual([...names].sort());
  });
}
