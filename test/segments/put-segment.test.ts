import { describe, expect, it } from 'vitest';
import { knownFor } from '../../lambdas/segments/known-for.ts';
import { putSegment } from '../../lambdas/segments/put-segment.ts';
import { getSegment, listSegments } from '../../lambdas/segments/read-segments.ts';
import { knownDeps } from './support/known.ts';
import { ctxAt, memoryResolutions, memorySegments, START, stoppedTime } from './support/worlds.ts';

const RULE = { attribute: 'grade', is: 'GOLD' };
const ctx = ctxAt(START);

function world() {
  const segments = memorySegments();
  const { namings } = segments;
  const deps = { ...knownDeps(), segments, namings, time: stoppedTime(), resolutions: memoryResolutions() };
  const put = (name: string, rule: unknown = RULE, more: object = {}) =>
    putSegment(deps, ctx, { rule, ...more, name });
  return { ...deps, put };
}

describe('a segment that is put', () => {
  it('is created, stays the same when it is put again, and gets a version when it changes', async () => {
    const w = world();
    expect(await w.put('장바구니')).toMatchObject({ created: true, segment: { version: 1, rule: RULE } });
    expect(await w.put('장바구니')).toMatchObject({ created: false, segment: { version: 1 } });
    expect(await w.put('장바구니', RULE, { description: 'x' })).toMatchObject({
      created: false,
      segment: { version: 2 },
    });
    expect(await getSegment(w, ctx, '장바구니'.normalize('NFD'))).toMatchObject({
      version: 2,
      resolutions: [],
    });
  });

  it('keeps its rule as it was written, however deep', async () => {
    const w = world();
    const nested = (depth: number): object =>
      depth === 0 ? { segment: '장바구니'.normalize('NFD') } : { any: [nested(depth - 1), RULE] };
    await w.put('장바구니');
    expect((await w.put('deep', nested(45))).segment.rule).toEqual(nested(45));
  });

  it('is said in Korean and English wherever it is shown', async () => {
    const w = world();
    await w.put('gold');
    const sentences = { ko: 'grade가 ‘GOLD’인 회원입니다.', en: 'Members whose grade is “GOLD”.' };
    expect(await getSegment(w, ctx, 'gold')).toMatchObject({ sentences });
    expect((await listSegments(w, {})).result).toMatchObject([{ sentences }]);
  });

  it('is refused with all that is wrong, and nothing is written', async () => {
    const w = world();
    await w.put('vip');
    const rule = { all: [{ segment: 'vup' }, { did: 'purchas' }, { list: 'l' }] };
    await expect(w.put('x', rule)).rejects.toMatchObject({
      problems: [
        { field: 'rule.all.0.segment', message: expect.stringContaining('nearest: vip') },
        { field: 'rule.all.1.did', message: expect.stringContaining('nearest: purchase') },
        { field: 'rule.all.2.list' },
      ],
    });
    await expect(getSegment(w, ctx, 'x')).rejects.toMatchObject({ code: 'not_found' });
  });

  it('is refused when segments would name each other in a circle, however long', async () => {
    const w = world();
    await w.put('a');
    await w.put('b', { segment: 'a' });
    await w.put('c', { none: [{ segment: 'b' }, RULE] });
    await expect(w.put('a', { any: [RULE, { segment: 'c' }] })).rejects.toMatchObject({
      code: 'validation',
      message: expect.stringContaining('a → c → b → a'),
    });
    await expect(w.put('a', { segment: 'a' })).rejects.toThrow('a → a');
    expect(await getSegment(w, ctx, 'a')).toMatchObject({ version: 1, rule: RULE });
  });

  it('may name thousands of products, and is refused when Athena or a row of DynamoDB would not take it', async () => {
    const w = world();
    const ids = (list: number, length: number) =>
      Array.from({ length: 500 }, (_, index) => `${list}-${index}`.padEnd(length, '가'));
    const bought = (lists: number, length: number) => ({
      any: Array.from({ length: lists }, (_, list) => ({
        did: 'purchase',
        where: [{ property: 'items.item_id', in: ids(list, length) }],
      })),
    });
    await w.put('products', bought(8, 10));
    await expect(w.put('all', bought(16, 9))).resolves.toBeDefined();
    await expect(w.put('long', bought(2, 90))).rejects.toThrow(
      /its Athena statement has \d+ bytes; allowed: at most 200000/,
    );
    const named = (list: number) => ({ attribute: 'grade', in: ids(list, 180) });
    for (const list of [0, 1]) await w.put(`part-${list}`, named(list));
    await w.put('one', { any: [{ segment: 'part-0' }] });
    await expect(w.put('both', { any: [{ segment: 'part-0' }, { segment: 'part-1' }] })).rejects.toThrow(
      /with the rules of the segments it names it has \d+ bytes; allowed: at most 300000/,
    );
  });

  it('that is not there is named with the nearest that are', async () => {
    const w = world();
    for (const name of ['cart', 'cart-vip', 'dormant']) await w.put(name);
    await expect(getSegment(w, ctx, 'kart')).rejects.toMatchObject({
      code: 'not_found',
      message: expect.stringMatching(/"kart"; nearest: cart/),
    });
  });

  it('is listed by name, page by page', async () => {
    const w = world();
    for (const name of ['b', 'a', 'c']) await w.put(name);
    const first = await listSegments(w, { limit: '2' });
    expect([first.result.map(({ name }) => name), first.next]).toEqual([['a', 'b'], 'b']);
    expect((await listSegments(w, { after: 'b' })).result.map(({ name }) => name)).toEqual(['c']);
    await expect(listSegments(w, { limit: 'many' })).rejects.toMatchObject({ field: 'limit' });
  });

  it('are told fewer at once where their sentences are long, each once', async () => {
    const w = world();
    const long = {
      any: Array.from({ length: 166 }, (_, orders) => ({ preset: 'at-risk', with: { orders: orders + 2 } })),
    };
    const names = Array.from({ length: 110 }, (_, index) => `long-${String(index).padStart(3, '0')}`);
    for (const name of names) await w.put(name, long);
    const told: string[] = [];
    let after: string | null = '';
    while (after !== null) {
      const page = await listSegments(w, after === '' ? {} : { after });
      // Lambda takes 6 MB, in which the text of an answer is a text once more.
      expect(Buffer.byteLength(JSON.stringify(JSON.stringify(page)))).toBeLessThan(6_000_000);
      told.push(...page.result.map(({ name }) => name));
      after = page.next;
    }
    expect(told).toEqual(names);
  });
});

describe('what a rule may name', () => {
  it('is looked up only as far as the rule names anything of the kind, however deep', async () => {
    const asked: string[] = [];
    const look =
      <Found>(kind: string, found: Found) =>
      async () => {
        asked.push(kind);
        return found;
      };
    const deps = {
      ...knownDeps(),
      segments: { names: look('segments', ['a']) },
      lists: { ids: look('lists', ['l']) },
      attributes: { names: look('attributes', new Set(['grade'])) },
    };
    await knownFor(deps, ctx, { did: 'purchase' });
    expect(asked).toEqual([]);
    await knownFor(deps, ctx, { all: [{ any: [{ list: 'x' }] }] });
    expect(asked).toEqual(['lists']);
    const known = await knownFor(deps, ctx, { none: [{ segment: 'x' }, { attribute: 'y' }] });
    expect(known).toMatchObject({ segments: ['a'], attributes: new Set(['grade']) });
    expect(known.lists).toBeUndefined();
  });
});
