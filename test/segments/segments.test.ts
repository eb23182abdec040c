import { describe, expect, it } from 'vitest';
import { segmentFinder, segmentResolver } from '../../lambdas/campaigns/segments.ts';
import type { ResolutionMessage } from '../../lambdas/segments/ports.ts';
import { putSegment } from '../../lambdas/segments/put-segment.ts';
import { getSegment, listSegments } from '../../lambdas/segments/read-segments.ts';
import { resolveSegment } from '../../lambdas/segments/resolve-segment.ts';
import {
  ctxAt,
  membersOf,
  memoryLists,
  memoryQueue,
  memoryResolutions,
  memorySegments,
  START,
  scriptedQueries,
  stoppedTime,
} from './support/worlds.ts';

const RULE = { attribute: 'grade', is: 'GOLD' };

function world() {
  const deps = {
    segments: memorySegments(),
    resolutions: memoryResolutions(),
    queue: memoryQueue<ResolutionMessage>(),
    members: membersOf([{ userId: 'u1', attributes: { grade: 'GOLD' } }]),
    lists: memoryLists(),
    queries: scriptedQueries(),
    time: stoppedTime(),
    eventNames: ['purchase'],
  };
  const put = (name: string, more: object = { rule: RULE }) =>
    putSegment(deps, ctxAt(START), { rule: RULE, ...more, name });
  return { ...deps, put };
}

describe('a segment', () => {
  it('is created, stays the same when it is put again, and gets a version when it changes', async () => {
    const w = world();
    expect(await w.put('장바구니')).toMatchObject({ created: true, segment: { version: 1, rule: RULE } });
    expect(await w.put('장바구니')).toMatchObject({ created: false, segment: { version: 1 } });
    expect(await w.put('장바구니', { description: 'x' })).toMatchObject({
      created: false,
      segment: { version: 2 },
    });
    expect(await getSegment(w, '장바구니'.normalize('NFD'))).toMatchObject({ version: 2, resolutions: [] });
  });

  it('that is not there is named with the nearest that are', async () => {
    const w = world();
    for (const name of ['cart', 'cart-vip', 'dormant']) await w.put(name);
    await expect(getSegment(w, 'kart')).rejects.toMatchObject({
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
});

describe('a segment as campaigns see it', () => {
  it('is pending, then a list with its size, which is the next estimate', async () => {
    const w = world();
    await w.put('gold');
    const [finder, resolver] = [segmentFinder(w), segmentResolver(w)];
    expect(await finder.find('gold')).toEqual({ name: 'gold' });
    const id = await resolver.resolve(ctxAt(START), 'gold', 'send-1');
    expect(await resolver.resolution(ctxAt(START), 'gold', id)).toEqual({ state: 'pending' });
    await resolveSegment(w, ctxAt(START), { segment: 'gold', id });
    const ready = await resolver.resolution(ctxAt(START), 'gold', id);
    expect(ready).toMatchObject({ state: 'ready', members: 1 });
    expect(await finder.find('gold')).toMatchObject({ lastSize: { members: 1 } });
    expect(await getSegment(w, 'gold')).toMatchObject({ resolutions: [{ state: 'ready', size: 1 }] });
    await w.put('gold', { description: 'another version has not been resolved' });
    expect(await finder.find('gold')).toEqual({ name: 'gold' });
  });

  it('that is not there is refused in the field of the campaign', async () => {
    const w = world();
    await w.put('gold');
    await expect(segmentFinder(w).find('golt')).rejects.toMatchObject({
      code: 'not_found',
      field: 'segment',
    });
  });
});
