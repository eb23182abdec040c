import { describe, expect, it } from 'vitest';
import type { UserEndpoint } from '../../../lambdas/pinpoint/ports.ts';
import { SLICE_SIZE } from '../../../lambdas/pinpoint/runs/cutter.ts';
import { type ResolveDeps, resolveRun } from '../../../lambdas/pinpoint/runs/resolve-run.ts';
import { Fault, failingOnce } from './support/faults.ts';
import { pushUser, RUN, type World, worldOf } from './support/world.ts';

const ids = (count: number): string[] => Array.from({ length: count }, (_, n) => `u${n}`);
const listed = (names: readonly string[]) => ({
  lines: names.map((u) => ({ u })),
  users: new Map([...new Set(names)].map((name) => pushUser(name))),
});
const endpoint = (id: string, change: Partial<UserEndpoint>): UserEndpoint => ({
  ...{ id, channel: 'GCM', address: 'a', status: 'ACTIVE', optOut: 'NONE' },
  ...change,
});

async function proveEverybodyOnce(world: World, names: readonly string[]): Promise<void> {
  const entries = await world.entries();
  expect(entries.map(({ e }) => e).sort()).toEqual(names.map((name) => `push:${name}`).sort());
  const run = await world.runs.get(RUN.activityId);
  expect(run).toMatchObject({ state: 'RUNNING', queued: true });
  const queued = new Set(world.sliceQueue.map(({ slice }) => slice));
  expect([...queued].sort((a, b) => a - b)).toEqual(
    Array.from({ length: run?.slices ?? 0 }, (_, n) => n + 1),
  );
}

describe('resolving a run', () => {
  it('puts each member of the segment into one slice, with what its message names', async () => {
    const names = ids(2 * SLICE_SIZE + 30);
    const world = await worldOf(listed(names));
    await resolveRun(world.deps(), world.ctx(), RUN);
    await proveEverybodyOnce(world, names);
    const slices = await world.slices();
    expect(slices.map(({ entries }) => entries.length)).toEqual([SLICE_SIZE, SLICE_SIZE, 30]);
    expect(slices[0]?.entries[0]).toEqual({ e: 'push:u0', u: 'u0', c: 'GCM', v: [['name of u0']] });
    expect(await world.campaign()).toMatchObject({ status: 'EXECUTING' });
  });

  it('counts a user once who is in the list twice', async () => {
    const world = await worldOf(listed(['a', 'b', 'a', 'c', 'b', 'a']));
    await resolveRun(world.deps(), world.ctx(), RUN);
    await proveEverybodyOnce(world, ['a', 'b', 'c']);
    expect((await world.runs.get(RUN.activityId))?.metrics).toMatchObject({ DUPLICATE_USER: 3 });
  });

  it('sorts endpoints out by Pinpoint’s metrics and keeps skipped ones for the ledger', async () => {
    const more = [
      endpoint('in', { status: 'INACTIVE' }),
      endpoint('out', { optOut: 'ALL' }),
      endpoint('mail', { channel: 'EMAIL' }),
      endpoint('bare', { address: '' }),
      endpoint('none', { channel: undefined }),
      endpoint('apns', { channel: 'APNS' }),
    ];
    const world = await worldOf({
      lines: [{ u: 'a' }, { u: 'nobody' }, { e: 'direct', c: 'GCM', a: 't', u: 'b' }],
      users: new Map([pushUser('a', more), pushUser('b')]),
      request: { MessageConfiguration: { DefaultMessage: { Body: 'hi {{User.UserAttributes.name}}' } } },
    });
    await resolveRun(world.deps(), world.ctx(), RUN);
    expect((await world.entries()).map(({ e }) => e).sort()).toEqual(['apns', 'direct', 'push:a']);
    expect((await world.entries()).find(({ e }) => e === 'direct')?.v).toEqual([['name of b']]);
    const skipped = (await world.slices()).flatMap((slice) => slice.skipped);
    expect(skipped.map(({ e, r }) => [e, r]).sort()).toEqual([
      ['bare', 'ENDPOINT_MISSING_ADDRESS'],
      ['in', 'ENDPOINT_INACTIVE'],
      ['out', 'ENDPOINT_OPT_OUT'],
    ]);
    expect((await world.runs.get(RUN.activityId))?.metrics).toEqual({
      ENDPOINT_PRODUCED: 8,
      ENDPOINTS_FROM_USER: 7,
      ENDPOINT_INACTIVE: 1,
      ENDPOINT_OPT_OUT: 1,
      ENDPOINT_CHANNEL_MISMATCH: 1,
      ENDPOINT_MISSING_ADDRESS: 1,
      ENDPOINT_MISSING_CHANNEL: 1,
      USER_WITHOUT_ENDPOINT: 1,
    });
  });

  it('holds out its share, the same members each time, and keeps them for the ledger', async () => {
    const names = ids(3000);
    const heldOut = async () => {
      const world = await worldOf({ ...listed(names), request: { HoldoutPercent: 10 } });
      await resolveRun(world.deps(), world.ctx(), RUN);
      const skipped = (await world.slices()).flatMap((slice) => slice.skipped);
      expect(skipped.length + (await world.entries()).length).toBe(names.length);
      expect(new Set(skipped.map(({ r }) => r))).toEqual(new Set(['HOLDOUT']));
      return skipped.map(({ u }) => u);
    };
    const first = await heldOut();
    expect(Math.abs(first.length - 300)).toBeLessThan(80);
    expect(await heldOut()).toEqual(first);
  });

  it('goes on where it was when its time ran out', async () => {
    const names = ids(2600);
    const world = await worldOf(listed([...names, 'u3', 'u2000']));
    const hurried = { ...world.deps() };
    hurried.clock = () => {
      world.advance(400);
      return world.ctx(0).now;
    };
    let turns = 0;
    for (world.runQueue.push(RUN); world.runQueue.pop(); turns++)
      await resolveRun(hurried, world.ctx(22_000), RUN);
    expect(turns).toBeGreaterThan(1);
    await proveEverybodyOnce(world, names);
  });

  it('ends a run at once whose segment has nobody', async () => {
    const world = await worldOf({ lines: [] });
    await resolveRun(world.deps(), world.ctx(), RUN);
    expect(await world.campaign()).toMatchObject({ status: 'COMPLETED' });
  });

  it('marks a campaign INVALID whose segment is gone', async () => {
    const world = await worldOf({ lines: [], request: { SegmentId: 'deleted' } });
    await resolveRun(world.deps(), world.ctx(), RUN);
    expect(await world.campaign()).toMatchObject({ status: 'INVALID' });
  });

  it('does nothing for a campaign that is over', async () => {
    const world = await worldOf({ lines: [] });
    for (let n = 0; n < 2; n++) await resolveRun(world.deps(), world.ctx(), RUN);
    expect(world.sliceQueue).toHaveLength(0);
    expect(world.runQueue).toHaveLength(0);
  });
});

const wrapped = (deps: ResolveDeps, wrap: <Port extends object>(port: Port) => Port): ResolveDeps => ({
  ...deps,
  registry: wrap(deps.registry),
  runs: wrap(deps.runs),
  objects: wrap(deps.objects),
  endpoints: wrap(deps.endpoints),
  runQueue: wrap(deps.runQueue),
  sliceQueue: wrap(deps.sliceQueue),
});

describe('a resolve that breaks off at any point', () => {
  const names = ids(SLICE_SIZE + 400);
  const again = async (world: World) => {
    for (let turn = 0; turn < 5; turn++) {
      world.advance(61_000);
      await resolveRun(world.deps(), world.ctx(), RUN);
    }
  };

  it.each(['before', 'after'] as const)('is made good by the next one, killed %s a call', async (moment) => {
    for (let at = 1; ; at++) {
      const world = await worldOf(listed(names));
      const fault = new Fault(at, moment);
      const deps = wrapped(world.deps(), (port) => fault.on(port));
      await resolveRun(deps, world.ctx(), RUN).catch(() => undefined);
      await again(world);
      await proveEverybodyOnce(world, names);
      if (!fault.struck) break;
    }
  });

  it('is made good by the next one after an error', async () => {
    for (let at = 1; ; at++) {
      const world = await worldOf(listed(names));
      const shared = { calls: 0 };
      const deps = wrapped(world.deps(), (port) => failingOnce(port, shared, at));
      await resolveRun(deps, world.ctx(), RUN).catch(() => undefined);
      if (shared.calls < at) break;
      await again(world);
      await proveEverybodyOnce(world, names);
    }
  });

  it('cannot spoil what its successor cut, however late it writes', async () => {
    const world = await worldOf(listed(names));
    const late = world.deps();
    let released: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      released = resolve;
    });
    const asleep = {
      ...late,
      runs: {
        ...late.runs,
        putSlice: async (...args: Parameters<ResolveDeps['runs']['putSlice']>) => {
          await gate;
          return late.runs.putSlice(...args);
        },
      },
    };
    const first = resolveRun(asleep, world.ctx(), RUN);
    await new Promise((resolve) => setTimeout(resolve, 20));
    world.advance(61_000);
    await resolveRun(world.deps(), world.ctx(), RUN);
    const before = await world.slices();
    released();
    await first;
    expect(await world.slices()).toEqual(before);
    await proveEverybodyOnce(world, names);
  });
});
