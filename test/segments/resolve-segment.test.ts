import { describe, expect, it } from 'vitest';
import type { ResolutionMessage } from '../../lambdas/segments/ports.ts';
import { getResolution } from '../../lambdas/segments/request-resolution.ts';
import type { Resolution } from '../../lambdas/segments/resolution.ts';
import { showResolution } from '../../lambdas/segments/resolve/show-resolution.ts';
import { resolveSegment } from '../../lambdas/segments/resolve-segment.ts';
import { CART, GOLD, workOff, world } from './support/resolving.ts';
import { ctxAt, START } from './support/worlds.ts';

describe('a resolution message', () => {
  it('that comes twice does the work once', async () => {
    const w = await world(CART, { state: 'succeeded' });
    const { segment, id } = await w.ask();
    await Promise.all([1, 2].map(() => resolveSegment(w.deps, ctxAt(START), { segment, id })));
    await workOff(w);
    await resolveSegment(w.deps, ctxAt(START + 100_000), { segment, id });
    expect(w.queries.started).toHaveLength(1);
    expect(w.queue.sent).toHaveLength(0);
  });

  it('is told of with its list, as long as that is kept', async () => {
    const w = await world(GOLD);
    const { id } = await w.ask();
    expect(await showResolution(w.deps, ctxAt(START), 's', id)).not.toHaveProperty('list');
    await workOff(w);
    const done = await w.now({ id } as Resolution);
    const list = { url: done?.listUrl, until: done?.listUntil };
    expect(list.url).toMatch(/^s3:/);
    expect(await showResolution(w.deps, ctxAt(START), 's', id)).toMatchObject({ state: 'ready', list });
    const gone = await showResolution(w.deps, ctxAt(Date.parse(String(list.until))), 's', id);
    expect(gone).toMatchObject({ state: 'expired', size: 25 });
    expect(gone).not.toHaveProperty('list');
  });

  it('that comes again and again makes no second chain of messages, however long the query runs', async () => {
    const w = await world(CART, { state: 'running' });
    const asked = await w.ask();
    const [first] = w.queue.sent.splice(0);
    const message = first?.body ?? { segment: '', id: '' };
    const work = (body: ResolutionMessage, at: number) => resolveSegment(w.deps, ctxAt(at, 15_000), body);
    // The copies come while the first worker watches, and wait for its lease.
    let copies = 3;
    const sleep = async (ms: number) => {
      if (copies-- > 0) await work(message, w.time.ms);
      w.time.ms += ms;
    };
    await resolveSegment({ ...w.deps, time: { ...w.time, sleep } }, ctxAt(START, 15_000), message);
    expect(w.queue.sent).toHaveLength(4);
    for (const { body, delaySeconds } of w.queue.sent
      .splice(0)
      .sort((a, b) => a.delaySeconds - b.delaySeconds))
      await work(body, Math.max(w.time.ms, START + delaySeconds * 1000));
    expect(w.queue.sent).toHaveLength(1);
    expect(await w.now(asked)).toMatchObject({ state: 'running' });
  });

  it('of a worker that died is taken over when its lease ends, and the running query with it', async () => {
    const w = await world(CART, { state: 'running' }, { state: 'succeeded' });
    const asked = await w.ask();
    await new Promise<void>((asleep) => {
      const sleep = () => {
        asleep();
        return new Promise<void>(() => undefined);
      };
      const dies = { ...w.deps, time: { ...w.time, sleep } };
      void resolveSegment(dies, ctxAt(START), { segment: 's', id: asked.id });
    });
    await workOff(w);
    expect(await w.now(asked)).toMatchObject({ state: 'ready' });
    expect(w.queries.started).toHaveLength(1);
  });

  it('that was lost is sent again for whoever waits', async () => {
    const w = await world(CART, { state: 'succeeded' });
    const asked = await w.ask();
    w.queue.sent.length = 0;
    await getResolution(w.deps, ctxAt(START + 30_000), 's', asked.id);
    expect(w.queue.sent).toHaveLength(0);
    await getResolution(w.deps, ctxAt(START + 61_000), 's', asked.id);
    await getResolution(w.deps, ctxAt(START + 62_000), 's', asked.id);
    expect(w.queue.sent).toHaveLength(1);
    await workOff(w);
    expect(await w.now(asked)).toMatchObject({ state: 'ready' });
  });
});
