import { describe, expect, it } from 'vitest';
import type { QueryState } from '../../../lambdas/segments/ports.ts';
import { bitsPartition, gonePartition, type Resolution } from '../../../lambdas/segments/resolution.ts';
import { resolveSegment } from '../../../lambdas/segments/resolve-segment.ts';
import type { Rule } from '../../../lambdas/segments/rule/rule.ts';
import { RepointError } from '../../../lambdas/shared/errors.ts';
import { RefusedStatement } from '../../../lambdas/shared/queries.ts';
import { BOUGHT, CART, GOLD, MEMBERS, SQL, workOff, world } from '../support/resolving.ts';
import { ctxAt, membersOf, START } from '../support/worlds.ts';

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

  it('is not watched for ever when what follows its query breaks each time', async () => {
    const w = await world(CART, { state: 'succeeded' });
    const lists = { ...w.lists, countLines: () => Promise.reject(new Error('the list cannot be read')) };
    const asked = await w.ask();
    expect(await workOff({ ...w, deps: { ...w.deps, lists } })).toBeLessThan(30);
    expect(await w.now(asked)).toMatchObject({
      state: 'failed',
      attempt: 1,
      reason: expect.stringMatching(/given up after 20 looks.*the list cannot be read/),
    });
    expect(w.queries.started).toHaveLength(1);
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
