import { describe, expect, it } from 'vitest';
import { segmentFinder, segmentResolver } from '../../lambdas/campaigns/segments.ts';
import { putSegment } from '../../lambdas/segments/put-segment.ts';
import { getSegment } from '../../lambdas/segments/read-segments.ts';
import { resolveSegment } from '../../lambdas/segments/resolve-segment.ts';
import { knownDeps } from './support/known.ts';
import { ctxAt, resolverOf, START } from './support/worlds.ts';

const RULE = { attribute: 'grade', is: 'GOLD' };

function world() {
  const deps = resolverOf([{ userId: 'u1', attributes: { grade: 'GOLD' } }]);
  const put = (name: string, more: object = { rule: RULE }) =>
    putSegment({ ...deps, ...knownDeps(), namings: deps.segments.namings }, ctxAt(START), {
      rule: RULE,
      ...more,
      name,
    });
  return { ...deps, put };
}

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
    expect(await getSegment(w, ctxAt(START), 'gold')).toMatchObject({
      resolutions: [{ state: 'ready', size: 1 }],
    });
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
