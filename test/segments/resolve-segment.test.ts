import { describe, expect, it } from 'vitest';
import type { QueryState, ResolutionMessage, ScannedMember } from '../../lambdas/segments/ports.ts';
import { putSegment } from '../../lambdas/segments/put-segment.ts';
import { getResolution, requestResolution } from '../../lambdas/segments/request-resolution.ts';
import type { Resolution } from '../../lambdas/segments/resolution.ts';
import { type ResolveDeps, resolveSegment } from '../../lambdas/segments/resolve-segment.ts';
import { RepointError } from '../../lambdas/shared/errors.ts';
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

const GOLD = { attribute: 'grade', is: 'GOLD' };
const CART = { did: 'add_to_cart', didNot: 'purchase', inTheLastDays: 7 };
const MEMBERS: ScannedMember[] = Array.from({ length: 50 }, (_, n) => ({
  userId: `user ${n}`,
  attributes: { grade: n % 2 === 0 ? 'GOLD' : 'SILVER' },
}));

async function world(rule: object, ...states: QueryState[]) {
  const [lists, queue, time] = [memoryLists(), memoryQueue<ResolutionMessage>(), stoppedTime()];
  const queries = scriptedQueries(...states);
  const deps = {
    segments: memorySegments(),
    resolutions: memoryResolutions(),
    queue,
    members: membersOf(MEMBERS),
    lists,
    queries,
    time,
    eventNames: ['add_to_cart', 'purchase'],
  };
  await putSegment(deps, ctxAt(START), { name: 's', rule });
  const ask = (by = 'send1', now = START) => requestResolution(deps, ctxAt(now), 's', by);
  const now = async ({ id }: Resolution) => (await deps.resolutions.get('s', id))?.resolution;
  return { deps, lists, queue, time, queries, ask, now };
}

/** Works the queue off as it comes, with time passing by the messages' delays; each function run lasts at most `runMs`. */
async function workOff(
  {
    deps,
    queue,
    time,
  }: { deps: ResolveDeps; queue: ReturnType<typeof memoryQueue<ResolutionMessage>>; time: { ms: number } },
  runMs = 60_000,
): Promise<number> {
  let runs = 0;
  for (let next = queue.sent.shift(); next; next = queue.sent.shift()) {
    if (++runs > 500) throw new Error('no end');
    time.ms += next.delaySeconds * 1000;
    await resolveSegment(deps, ctxAt(time.ms, runMs), next.body);
  }
  return runs;
}

describe('resolving an attribute rule', () => {
  it('writes one import line for each member who meets it, and counts them', async () => {
    const w = await world(GOLD);
    const asked = await w.ask();
    await workOff(w);
    const done = await w.now(asked);
    expect(done).toMatchObject({ state: 'ready', size: 25 });
    const lines = w.lists.linesAt(done?.listUrl ?? '').map((line) => JSON.parse(line).User.UserId);
    expect(lines.sort()).toEqual(
      MEMBERS.filter(({ attributes }) => attributes['grade'] === 'GOLD')
        .map(({ userId }) => userId)
        .sort(),
    );
  });

  it('reads afresh for each asker: a changed attribute counts at once', async () => {
    const w = await world(GOLD);
    expect((await w.ask('send1')).id).not.toBe((await w.ask('send2')).id);
    expect((await w.ask('send1')).id).toBe((await w.ask('send1')).id);
  });

  it('leaves nothing of a broken try in the list', async () => {
    const w = await world(GOLD);
    let breaks = 1;
    const whole = membersOf(MEMBERS);
    const deps = {
      ...w.deps,
      members: {
        async *scan(part: number, parts: number) {
          for await (const page of whole.scan(part, parts)) {
            yield page;
            if (part === 1 && breaks-- > 0) throw new Error('DynamoDB went away');
          }
        },
      },
    };
    const asked = await w.ask();
    await workOff({ ...w, deps });
    const done = await w.now(asked);
    expect(done).toMatchObject({ state: 'ready', size: 25, attempt: 2 });
    expect(w.lists.linesAt(done?.listUrl ?? '')).toHaveLength(25);
  });

  it('ends as failed with the last problem when every try breaks', async () => {
    const w = await world(GOLD);
    const lists = {
      ...w.lists,
      writePart: () => Promise.reject(new Error('the bucket is locked')),
    };
    const asked = await w.ask();
    await workOff({ ...w, deps: { ...w.deps, lists } });
    expect(await w.now(asked)).toMatchObject({
      state: 'failed',
      reason: expect.stringMatching(/3 tries.*the bucket is locked/),
    });
  });
});

describe('resolving a behaviour rule', () => {
  it('is shared by all who ask within a minute, and asked anew after it', async () => {
    const w = await world(CART, { state: 'succeeded' });
    const first = await w.ask('send1', START);
    expect((await w.ask('send2', START + 30_000)).id).toBe(first.id);
    expect((await w.ask('send3', START + 61_000)).id).not.toBe(first.id);
    expect(w.queue.sent).toHaveLength(2);
  });

  it('runs one query, watches it over as many function runs as it takes, and counts what it wrote', async () => {
    const running: QueryState[] = Array.from({ length: 40 }, () => ({ state: 'running' }));
    const w = await world(CART, ...running, { state: 'succeeded' });
    const asked = await w.ask();
    const runs = await workOff(w, 15_000);
    expect(runs).toBeGreaterThan(2);
    expect(w.queries.started).toHaveLength(1);
    expect(w.queries.started[0]?.sql).toContain("TO 's3://work/segments/s/");
    expect(await w.now(asked)).toMatchObject({ state: 'ready', size: 0 });
  });

  it('fails with the reason Athena gives for a query that cannot succeed', async () => {
    const w = await world(CART, { state: 'failed', reason: 'COLUMN_NOT_FOUND: name', retryable: false });
    const asked = await w.ask();
    await workOff(w);
    expect(await w.now(asked)).toMatchObject({ state: 'failed', reason: 'Athena: COLUMN_NOT_FOUND: name' });
  });

  it('tries again, in another place, when Athena says that trying again may help', async () => {
    const w = await world(
      CART,
      { state: 'failed', reason: 'internal error', retryable: true },
      { state: 'succeeded' },
    );
    const asked = await w.ask();
    await workOff(w);
    expect(await w.now(asked)).toMatchObject({ state: 'ready' });
    const targets = w.queries.started.map(({ sql }) => /TO '(.*)' WITH/.exec(sql)?.[1]);
    expect(new Set(targets).size).toBe(2);
  });

  it('waits without losing a try while Athena takes no more queries', async () => {
    const w = await world(CART, { state: 'succeeded' });
    let refusals = 10;
    const queries = {
      ...w.queries,
      start: (sql: string, token: string) =>
        refusals-- > 0
          ? Promise.reject(new RepointError('too_many', 'Athena takes no more queries now'))
          : w.queries.start(sql, token),
    };
    const asked = await w.ask();
    await workOff({ ...w, deps: { ...w.deps, queries } });
    expect(await w.now(asked)).toMatchObject({ state: 'ready', attempt: 1 });
  });

  it('gives up after an hour and says so', async () => {
    const w = await world(CART, { state: 'running' });
    const asked = await w.ask();
    await workOff(w, 120_000);
    expect(await w.now(asked)).toMatchObject({
      state: 'failed',
      reason: expect.stringMatching(/within 60 minutes/),
    });
  });
});

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
