import { describe, expect, it } from 'vitest';
import { NotYet } from '../../lambdas/segments/lists/listed-members.ts';
import type { QueryState, ResolutionMessage } from '../../lambdas/segments/ports.ts';
import {
  getResolution,
  requestPreview,
  requestResolution,
} from '../../lambdas/segments/request-resolution.ts';
import type { Resolution } from '../../lambdas/segments/resolution.ts';
import { bitsPartition, gonePartition } from '../../lambdas/segments/resolution.ts';
import { resolutionView } from '../../lambdas/segments/resolution-view.ts';
import type { Row } from '../../lambdas/segments/resolve/judge-row.ts';
import { type ResolveDeps, resolveSegment } from '../../lambdas/segments/resolve-segment.ts';
import type { Rule } from '../../lambdas/segments/rule/rule.ts';
import { RepointError } from '../../lambdas/shared/errors.ts';
import { RefusedStatement } from '../../lambdas/shared/queries.ts';
import { ctxAt, listsOf, membersOf, type memoryQueue, resolverOf, START } from './support/worlds.ts';

const GOLD: Rule = { attribute: 'grade', is: 'GOLD' };
const CART: Rule = { did: 'add_to_cart', didNot: 'purchase', inTheLastDays: 7 };
const BOUGHT: Rule = { did: 'purchase', inTheLastDays: 30 };
const SQL: Rule = { sql: 'SELECT uid AS user_id FROM events' };
const MEMBERS: Row[] = Array.from({ length: 50 }, (_, n) => ({
  userId: `user ${n}`,
  attributes: { grade: n % 2 === 0 ? 'GOLD' : 'SILVER' },
}));

async function world(rule: Rule, ...states: QueryState[]) {
  const deps = resolverOf(MEMBERS, ...states);
  const { lists, queue, time, queries, bits } = deps;
  const put = async (name: string, put: Rule, version = 1) => {
    const before = await deps.segments.find(name);
    await deps.segments.save({ name, rule: put, version, createdAt: '', updatedAt: '' }, before);
  };
  await put('s', rule);
  const ask = (by?: string, now = START) => requestResolution(deps, ctxAt(now), 's', by);
  const now = async ({ id }: Resolution) => (await deps.resolutions.get('s', id))?.resolution;
  return { deps, lists, queue, time, queries, bits, put, ask, now };
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

  it('asks only for the attributes that the rule names', async () => {
    const w = await world({ all: [GOLD, { none: [{ attribute: 'point', atLeast: 5 }] }] });
    const whole = membersOf(MEMBERS);
    const asked: (readonly string[])[] = [];
    const members = {
      scan: (of: Parameters<typeof whole.scan>[0]) => {
        asked.push(of.attributes);
        return whole.scan(of);
      },
    };
    await w.ask();
    await workOff({ ...w, deps: { ...w.deps, members } });
    expect([...new Set(asked.map((names) => names.join()))]).toEqual(['grade,point']);
  });

  it('knows who is on an uploaded list', async () => {
    const w = await world({ all: [GOLD, { list: 'spring' }] });
    const asked = await w.ask();
    const listed = listsOf({ spring: ['user 1', 'user 2', 'nobody'] });
    await workOff({ ...w, deps: { ...w.deps, listed } });
    const done = await w.now(asked);
    expect(done).toMatchObject({ state: 'ready', size: 1 });
    expect(w.lists.linesAt(done?.listUrl ?? '')).toEqual(['{"User":{"UserId":"user 2"}}']);
  });

  it('waits without losing a try for a list that is still matched', async () => {
    const w = await world({ list: 'spring' });
    const asked = await w.ask();
    let looks = 0;
    const known = listsOf({ spring: ['user 1'] });
    const listed = {
      of: (list: string) => (looks++ < 10 ? Promise.reject(new NotYet(list)) : known.of(list)),
    };
    await workOff({ ...w, deps: { ...w.deps, listed } });
    expect(await w.now(asked)).toMatchObject({ state: 'ready', size: 1, attempt: 1 });
  });

  it('tells while it works how many members it has looked at', async () => {
    const w = await world(GOLD);
    const asked = await w.ask();
    const whole = membersOf(MEMBERS);
    const seen: number[] = [];
    const members = {
      async *scan(of: Parameters<typeof whole.scan>[0]) {
        for await (const page of whole.scan(of)) {
          w.time.ms += 1500;
          yield page;
          const row = await w.now(asked);
          const scanned = row && resolutionView(row, w.time.ms).progress?.scanned;
          if (scanned !== undefined) seen.push(scanned);
        }
      },
    };
    await workOff({ ...w, deps: { ...w.deps, members } });
    expect(seen.length).toBeGreaterThan(1);
    expect([...seen].sort((a, b) => a - b)).toEqual(seen);
    expect(await w.now(asked)).toMatchObject({ state: 'ready', scanned: 50 });
  });

  it('leaves nothing of a broken try in the list', async () => {
    const w = await world(GOLD);
    let breaks = 1;
    const whole = membersOf(MEMBERS);
    const deps = {
      ...w.deps,
      members: {
        async *scan(of: Parameters<typeof whole.scan>[0]) {
          for await (const page of whole.scan(of)) {
            yield page;
            if (of.part === 1 && breaks-- > 0) throw new Error('DynamoDB went away');
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

describe('resolving a rule of attributes and behaviour', () => {
  const MIXED: Rule = { all: [GOLD, BOUGHT] };

  it('writes what each member’s row says, and joins it in the one query', async () => {
    const w = await world(MIXED, { state: 'succeeded', scannedBytes: 5_000 });
    const asked = await w.ask();
    await workOff(w);
    const done = await w.now(asked);
    expect(done).toMatchObject({ state: 'ready', path: 'both', scanned: 50, scannedBytes: 5_000 });
    const partition = bitsPartition(done as Resolution);
    expect(w.queries.started).toHaveLength(1);
    expect(w.queries.started[0]?.sql).toContain(partition);
    const rows = w.bits.rowsOf(partition);
    expect(rows.map(({ user_id }) => user_id).sort()).toEqual(MEMBERS.map(({ userId }) => userId).sort());
    for (const { user_id, bits } of rows) expect(bits).toBe(Number(user_id.slice(5)) % 2 === 0 ? '1' : '0');
  });

  it('joins nothing of a broken try', async () => {
    const w = await world(MIXED, { state: 'succeeded' });
    let breaks = 1;
    const bits = {
      ...w.bits,
      writePart: async (...row: Parameters<typeof w.bits.writePart>) => {
        await w.bits.writePart(...row);
        if (breaks-- > 0) throw new Error('S3 went away');
      },
    };
    const asked = await w.ask();
    await workOff({ ...w, deps: { ...w.deps, bits } });
    const done = await w.now(asked);
    expect(done).toMatchObject({ state: 'ready', attempt: 2 });
    expect(w.bits.partitions().size).toBe(2);
    expect(w.queries.started).toHaveLength(1);
    expect(w.bits.rowsOf(bitsPartition(done as Resolution))).toHaveLength(50);
  });

  it('scans once, however many function runs its query takes', async () => {
    const running: QueryState[] = Array.from({ length: 40 }, () => ({ state: 'running' }));
    const w = await world(MIXED, ...running, { state: 'succeeded' });
    await w.ask();
    expect(await workOff(w, 15_000)).toBeGreaterThan(2);
    expect(w.bits.partitions().size).toBe(1);
    expect(w.queries.started).toHaveLength(1);
  });

  it('is given up by a worker that another has taken it from, which then writes nothing more', async () => {
    const w = await world(MIXED, { state: 'succeeded' });
    const asked = await w.ask();
    const whole = membersOf(MEMBERS);
    const takeOver = () => {
      w.time.ms += 120_000;
      return resolveSegment(w.deps, ctxAt(w.time.ms), { segment: 's', id: asked.id });
    };
    let taken: Promise<void> | undefined;
    const members = {
      async *scan(of: Parameters<typeof whole.scan>[0]) {
        taken ??= takeOver();
        await taken;
        yield* whole.scan(of);
      },
    };
    await resolveSegment({ ...w.deps, members }, ctxAt(START), { segment: 's', id: asked.id });
    expect(await w.now(asked)).toMatchObject({ state: 'ready', attempt: 2 });
    expect(w.queries.started).toHaveLength(1);
  });
});

describe('resolving a behaviour rule', () => {
  it('looks at no member', async () => {
    const w = await world(CART, { state: 'succeeded' });
    const members = {
      scan: () => {
        throw new Error('nobody was to be scanned');
      },
    };
    const asked = await w.ask();
    await workOff({ ...w, deps: { ...w.deps, members } });
    expect(await w.now(asked)).toMatchObject({ state: 'ready', path: 'events' });
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

  it('leaves out whoever asked to be erased', async () => {
    const w = await world(CART, { state: 'succeeded' });
    const asked = await w.ask();
    // More than a statement has room for.
    const gone = ["o'hara", ...Array.from({ length: 30_000 }, (_, n) => `${'가'.repeat(10)}${n}`)];
    await workOff({ ...w, deps: { ...w.deps, gone: async () => gone } });
    const partition = gonePartition((await w.now(asked)) as Resolution);
    const { sql = '' } = w.queries.started[0] ?? {};
    expect(sql).toContain(
      `user_id NOT IN (SELECT user_id FROM segment_bits WHERE resolution = '${partition}')`,
    );
    expect(w.bits.rowsOf(partition).map(({ user_id }) => user_id)).toEqual(gone);
    expect(sql.length).toBeLessThan(10_000);
  });

  it('fails with the reason Athena gives for a query that cannot succeed', async () => {
    const w = await world(CART, { state: 'failed', reason: 'COLUMN_NOT_FOUND: name', retryable: false });
    const asked = await w.ask();
    await workOff(w);
    expect(await w.now(asked)).toMatchObject({ state: 'failed', reason: 'Athena: COLUMN_NOT_FOUND: name' });
  });

  it('fails at once, by the rule’s fault, when Athena refuses an analyst’s SQL', async () => {
    const reason = 'COLUMN_NOT_FOUND: line 4:8: Column ‘uid’ cannot be resolved';
    const w = await world(SQL, { state: 'failed', reason, retryable: false, fault: 'statement' });
    const asked = await w.ask();
    await workOff(w);
    expect(await w.now(asked)).toMatchObject({
      state: 'failed',
      fault: 'sql',
      attempt: 1,
      reason: expect.stringMatching(/^Athena refuses the SQL: .*‘uid’/),
    });
    expect(w.queries.started).toHaveLength(1);
  });

  it('fails at once, by the rule’s fault, when Athena’s parser takes the SQL for no statement', async () => {
    const w = await world(SQL);
    const queries = {
      ...w.queries,
      start: () => Promise.reject(new RefusedStatement('line 9:1: mismatched')),
    };
    const asked = await w.ask();
    await workOff({ ...w, deps: { ...w.deps, queries } });
    expect(await w.now(asked)).toMatchObject({ state: 'failed', fault: 'sql', attempt: 1 });
  });

  it('is nobody’s fault that Athena refuses a statement without SQL, or is busy with one that has it', async () => {
    const refusal: QueryState = { state: 'failed', reason: 'no', retryable: false, fault: 'statement' };
    const ours = await world(CART, refusal);
    const asked = await ours.ask();
    await workOff(ours);
    expect((await ours.now(asked))?.fault).toBeUndefined();
    const busy = await world(
      SQL,
      { state: 'failed', reason: 'busy', retryable: true },
      { state: 'succeeded' },
    );
    const again = await busy.ask();
    await workOff(busy);
    expect(await busy.now(again)).toMatchObject({ state: 'ready', attempt: 2 });
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
