import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CapRun } from '../../../lambdas/pinpoint/caps/ports.ts';
import type { OutgoingMessage } from '../../../lambdas/pinpoint/channels/ports.ts';
import type { LaneDeps } from '../../../lambdas/pinpoint/delivery/run-lane.ts';
import { LEASE_MS } from '../../../lambdas/pinpoint/delivery/slice-work.ts';
import type { HookResult } from '../../../lambdas/pinpoint/hooks/run-hook.ts';
import { WHOLE } from '../../support/matrix.ts';
import { Fault, failingOnce } from '../runs/support/faults.ts';
import { proveNothingLostNothingTwice } from './support/proof.ts';
import { ACTIVITY, type Judge, LANE, laneOf, START, type World, worldOf } from './support/world.ts';

const SKIPPED = [{ e: 'gone', u: 'u-gone', c: 'GCM', r: 'ENDPOINT_OPT_OUT' }];
/** Calls of at most 8 messages: two slices of three calls each. */
const RATE = 400;
const CALL = 8;
const CAP_RUN: CapRun = {
  appId: 'app-1',
  campaignKey: 'sale',
  activityId: ACTIVITY,
  limits: { daily: 2 },
};

const numberOf = (id: string): number => Number(id.slice(1));

/** Keeps half of them, and says of some the second time what it did not say the first time. */
const fickle: Judge = (id, times) => {
  const verdicts: readonly [HookResult, HookResult][] = [
    [{ kind: 'failed', text: 'no answer' }, { kind: 'keep' }],
    [
      { kind: 'failed', text: 'no answer' },
      { kind: 'skip', reason: 'LATE' },
    ],
    [
      { kind: 'skip', reason: 'EARLY' },
      { kind: 'skip', reason: 'LATE' },
    ],
    [{ kind: 'skip', reason: 'EARLY' }, { kind: 'keep' }],
    [{ kind: 'wait', notBefore: START + 20_000 }, { kind: 'keep' }],
  ];
  return verdicts[numberOf(id) % 10]?.[Math.min(times, 1)] ?? { kind: 'keep' };
};

const twoSlices = (): Promise<World> =>
  worldOf({
    entries: 40,
    perSlice: 20,
    skipped: SKIPPED,
    ratePerMinute: RATE,
    hook: fickle,
    plan: { caps: { campaignKey: CAP_RUN.campaignKey, limits: CAP_RUN.limits } },
    answer: ({ identity: { endpointId } }, attempt) => {
      const number = numberOf(endpointId);
      if (number % 20 === 5 && attempt === 1) return { kind: 'transient', text: 'oops' };
      if (number % 20 === 6 && attempt === 1) return { kind: 'throttled', text: 'slow down' };
      if (number % 20 === 7)
        return { kind: 'permanent', text: 'bad', gone: true, reason: 'FAILURE_PERMANENT' };
      return { kind: 'sent', updatedToken: `new-${endpointId}` };
    },
  });

type Wrap = <Port extends object>(port: Port) => Port;

/** Every port of a worker, each of its calls under the wrapper's eyes. */
const wrapped = (deps: LaneDeps, wrap: Wrap): LaneDeps => {
  const functions = wrap({ askHook: deps.askHook, paused: deps.paused, plans: deps.plans });
  return {
    ...deps,
    registry: wrap(deps.registry),
    runs: wrap(deps.runs),
    objects: wrap(deps.objects),
    endpoints: wrap(deps.endpoints),
    caps: wrap(deps.caps),
    account: wrap(deps.account),
    killSwitch: wrap(deps.killSwitch),
    ledger: wrap(deps.ledger),
    sliceQueue: wrap(deps.sliceQueue),
    adapters: { push: wrap(deps.adapters['push'] as LaneDeps['adapters'][string]) },
    askHook: (...asked) => functions.askHook(...asked),
    paused: (run) => functions.paused(run),
    plans: (activityId) => functions.plans(activityId),
  };
};

/** Whoever was targeted counts once, whoever the hook always filtered does not count at all. */
async function proveCapsCountedOnce(world: World): Promise<void> {
  const another = (activityId: string) =>
    world.caps.take({ ...CAP_RUN, activityId }, [...world.endpoints.keys()], world.now);
  expect((await another('second')).size).toBe(0);
  const full = await another('third');
  expect([...world.attempts.keys()].filter((id) => full.get(id) !== 'DAILY_CAP')).toEqual([]);
  const never = [...world.endpoints.keys()].filter((id) => [1, 2].includes(numberOf(id) % 10));
  expect(never.filter((id) => full.has(id))).toEqual([]);
}

/** What holds whatever happened to a worker. */
async function proven(world: World): Promise<string[]> {
  const uncertain = await proveNothingLostNothingTwice(world, SKIPPED.length);
  await proveCapsCountedOnce(world);
  return uncertain;
}

describe.each(['before', 'after'] as const)('a worker killed %s any of its calls', (moment) => {
  it('loses nobody, sends to nobody twice, and leaves at most the call in flight uncertain', async () => {
    const uncertain: number[] = [];
    for (let at = 1; ; at++) {
      const world = await twoSlices();
      const fault = new Fault(at, moment);
      const deps = wrapped(world.deps(), (port) => fault.on(port));
      await world.lane(LANE, deps).catch(() => undefined);
      await world.woken();
      await world.finished();
      const ids = await proven(world);
      expect(ids.length).toBeLessThanOrEqual(CALL);
      uncertain.push(ids.length);
      if (!fault.struck) break;
    }
    // The matrix went through both slices: each call can be caught in flight, and nothing is uncertain without a crash.
    expect(uncertain.length).toBeGreaterThan(80);
    expect(uncertain.filter((count) => count > 0).length).toBeGreaterThanOrEqual(6);
    expect(uncertain.at(-1)).toBe(0);
  }, 60_000);
});

describe('workers killed one after the other, wherever they are', () => {
  it('lose nobody, send to nobody twice, and leave at most a call each uncertain', async () => {
    const kill = fc.record({
      at: fc.integer({ min: 1, max: 60 }),
      moment: fc.constantFrom('before' as const, 'after' as const),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(kill, { minLength: 2, maxLength: 6 }), async (kills) => {
        const world = await twoSlices();
        await world.woken();
        for (const { at, moment } of kills) {
          const fault = new Fault(at, moment);
          const deps = wrapped(world.deps(), (port) => fault.on(port));
          const next = world.queue.shift();
          world.now = Math.max(world.now, next?.at ?? 0);
          await world.lane(next?.message, deps).catch(() => undefined);
          world.now += LEASE_MS + 1000;
          await world.woken();
        }
        await world.finished();
        expect((await proven(world)).length).toBeLessThanOrEqual(CALL * kills.length);
      }),
      { numRuns: WHOLE ? 200 : 30 },
    );
  }, 60_000);
});

describe('a worker that meets an error at any of its calls and lives on', () => {
  it('loses nobody and sends to nobody twice', async () => {
    for (let at = 1; ; at++) {
      const world = await twoSlices();
      const shared = { calls: 0 };
      const deps = wrapped(world.deps(), (port) => failingOnce(port, shared, at));
      await world.lane(LANE, deps).catch(() => undefined);
      await world.woken();
      await world.finished();
      expect((await proven(world)).length).toBeLessThanOrEqual(CALL);
      if (shared.calls < at) break;
    }
  }, 60_000);

  it('gives the slice back at once, so that the next worker need not wait for the lease', async () => {
    const world = await worldOf({ entries: 205 });
    const deps = world.deps();
    const grant = () => Promise.reject(new Error('no table'));
    await expect(world.lane(LANE, { ...deps, runs: { ...deps.runs, grant } })).rejects.toThrow('no table');
    await world.drained();
    expect(world.sent).toHaveLength(205);
    expect(world.now).toBeLessThan(START + LEASE_MS);
  });

  it('does not multiply the messages of a slice that fails each time', async () => {
    const world = await worldOf({ entries: 5 });
    const objects = { get: () => Promise.reject(new Error('no bucket')) };
    const failing = { ...world.deps(), objects };
    await expect(world.lane(LANE, failing)).rejects.toThrow('no bucket');
    expect(world.queue.map(({ message }) => message.slice)).toEqual([1]);
    await expect(world.lane(laneOf(1), failing)).rejects.toThrow('no bucket');
    expect(world.queue).toHaveLength(1);
  });
});

describe('several workers on one slice', () => {
  it.each([2, 3])('send each message once when %i start together', async (workers) => {
    const world = await worldOf({ entries: 205 });
    await Promise.all(Array.from({ length: workers }, () => world.lane(laneOf(1))));
    expect(world.sent).toHaveLength(205);
    await proveNothingLostNothingTwice(world);
  });

  it('send each message once when the queue delivers each of its messages twice', async () => {
    const world = await twoSlices();
    await Promise.all([world.lane(), world.lane()]);
    while (world.queue.length > 0) {
      const [next] = world.queue.sort((a, b) => a.at - b.at).splice(0, 1);
      if (!next) break;
      world.now = Math.max(world.now, next.at);
      await Promise.all([world.lane(next.message), world.lane(next.message)]);
    }
    expect(await proven(world)).toEqual([]);
  });
});

describe('a worker that sleeps through its lease', () => {
  /** While one call of the worker waits for its answer, others finish the run. */
  async function overtaken(at: number, when: 'before' | 'after'): Promise<{ world: World; slept: boolean }> {
    const world = await twoSlices();
    let calls = 0;
    const sleeping: Wrap = (port) =>
      new Proxy(port, {
        get: (target, name, receiver) => {
          const member: unknown = Reflect.get(target, name, receiver);
          if (typeof member !== 'function') return member;
          return async (...args: unknown[]) => {
            calls += 1;
            if (calls !== at) return member.apply(target, args) as unknown;
            const answer = when === 'after' ? await (member.apply(target, args) as unknown) : undefined;
            world.now += LEASE_MS + 1;
            await world.woken();
            await world.finished();
            return when === 'after' ? answer : (member.apply(target, args) as unknown);
          };
        },
      });
    await world.lane(LANE, wrapped(world.deps(), sleeping)).catch(() => undefined);
    await world.woken();
    await world.finished();
    return { world, slept: calls >= at };
  }

  it.each(['before', 'after'] as const)(
    'finds itself overtaken %s any of its calls, and nobody gets anything twice or is told two things',
    async (when) => {
      // Each call once, every other one before it takes effect; the whole matrix has each call both ways.
      const step = WHOLE ? 1 : 2;
      for (let at = WHOLE || when === 'before' ? 1 : 2; ; at += step) {
        const { world, slept } = await overtaken(at, when);
        expect((await proven(world)).length).toBeLessThanOrEqual(CALL);
        if (!slept) break;
      }
    },
    60_000,
  );

  it('in the middle of a provider call leaves it uncertain, and what it learns later is in the ledger', async () => {
    const world = await worldOf({ entries: 205 });
    const deps = world.deps();
    const push = deps.adapters['push'];
    let first = true;
    const send = async (messages: readonly OutgoingMessage[]) => {
      if (first) {
        first = false;
        world.now += LEASE_MS + 1;
        await world.lane(laneOf(1));
      }
      return push?.send(messages) ?? [];
    };
    await world.lane(LANE, { ...deps, adapters: { push: { send } } });
    expect(await proveNothingLostNothingTwice(world)).toHaveLength(100);
    expect(world.sent).toHaveLength(205);
    expect(
      new Set(world.ledger.filter(({ status }) => status === 'sent').map((r) => r.endpoint_id)).size,
    ).toBe(205);
  });
});
