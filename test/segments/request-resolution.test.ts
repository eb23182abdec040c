import { describe, expect, it } from 'vitest';
import { requestPreview } from '../../lambdas/segments/request-resolution.ts';
import { BOUGHT, CART, GOLD, workOff, world } from './support/resolving.ts';
import { ctxAt, START } from './support/worlds.ts';

describe('asking who is in a segment', () => {
  it.each([
    ['an attribute rule', GOLD],
    ['a behaviour rule', CART],
  ])('of %s is shared by all who ask within a minute, and asked anew after it', async (_, rule) => {
    const w = await world(rule, { state: 'succeeded' });
    const first = await w.ask('send1', START);
    expect((await w.ask('send2', START + 30_000)).id).toBe(first.id);
    expect((await w.ask(undefined, START + 30_000)).id).toBe(first.id);
    expect((await w.ask('send3', START + 61_000)).id).not.toBe(first.id);
    expect(w.queue.sent).toHaveLength(2);
  });

  it('gives the same asker the same answer minutes later', async () => {
    const w = await world(GOLD);
    const first = await w.ask('send1');
    expect((await w.ask('send1', START + 10 * 60_000)).id).toBe(first.id);
    expect((await w.ask('send2', START + 10 * 60_000)).id).not.toBe(first.id);
  });

  it('gives two repeats at once, over the turn of a minute, one answer', async () => {
    const w = await world(GOLD);
    const [one, two] = await Promise.all([w.ask('send1', START), w.ask('send1', START + 60_000)]);
    expect(two.id).toBe(one.id);
  });

  it('that failed is not what a repeat gets in the next minute', async () => {
    const w = await world(CART, { state: 'failed', reason: 'no', retryable: false });
    await w.ask();
    await workOff(w);
    const again = await w.ask('send1', START + 1_000);
    expect(again.state).toBe('failed');
    expect((await w.ask('send1', START + 61_000)).id).not.toBe(again.id);
  });

  it('is asked anew when the segment, or one that is named in it, has changed', async () => {
    const w = await world({ all: [{ segment: 'gold' }, BOUGHT] }, { state: 'succeeded' });
    await w.put('gold', GOLD);
    const first = await w.ask();
    expect(first.uses).toEqual({ segments: { gold: 1 }, lists: [] });
    await w.put('gold', { attribute: 'grade', is: 'SILVER' }, 2);
    const second = await w.ask();
    expect(second.id).not.toBe(first.id);
    expect(second.uses.segments).toEqual({ gold: 2 });
  });

  it('answers for what was defined when it was asked, whatever is changed before the work begins', async () => {
    const w = await world({ all: [{ segment: 'gold' }, { attribute: 'grade', exists: true }] });
    await w.put('gold', GOLD);
    const asked = await w.ask();
    await w.put('gold', { attribute: 'grade', is: 'PLATINUM' }, 2);
    await w.put('s', { attribute: 'grade', is: 'NONE' }, 2);
    await workOff(w);
    expect(await w.now(asked)).toMatchObject({ state: 'ready', size: 25 });
  });

  it('refuses segments that name each other in a circle', async () => {
    const w = await world({ segment: 'a' });
    await w.put('a', { any: [GOLD, { segment: 's' }] });
    await expect(w.ask()).rejects.toMatchObject({
      code: 'validation',
      message: expect.stringContaining('→'),
    });
  });

  it('of a rule that no segment has is shared by who asks the same, and judged before it is ready', async () => {
    const w = await world(GOLD);
    const [one, two] = await Promise.all([1, 2].map(() => requestPreview(w.deps, ctxAt(START), GOLD)));
    expect(two?.id).toBe(one?.id);
    expect((await requestPreview(w.deps, ctxAt(START), CART)).id).not.toBe(one?.id);
    await workOff(w);
    expect(w.deps.previews).toContain(one?.id);
    const row = await w.deps.resolutions.get('.preview', one?.id ?? '');
    expect(row?.resolution).toMatchObject({ state: 'ready', size: 25 });
  });
});
