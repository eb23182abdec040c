import { describe, expect, it } from 'vitest';
import { sum, tally } from '../../../lambdas/pinpoint/delivery/outcomes.ts';
import type { LaneDeps } from '../../../lambdas/pinpoint/delivery/run-lane.ts';
import { LEASE_MS } from '../../../lambdas/pinpoint/delivery/slice-work.ts';
import { cancelRun } from '../../../lambdas/pinpoint/runs/cancel-run.ts';
import type { ControlChange } from '../../../lambdas/pinpoint/runs/ports.ts';
import { resumeRun } from '../../../lambdas/pinpoint/runs/steer-run.ts';
import { proveNothingLostNothingTwice } from './support/proof.ts';
import { ACTIVITY, finalStates, LANE, laneOf, START, type World, worldOf } from './support/world.ts';

const MINUTE = 60_000;
/** Messages a minute: no call waits for it. */
const HIGHEST = 1_200_000;
const HOUR = 60 * MINUTE;

const countsOf = async (world: World) =>
  sum((await world.slices()).map(({ states, legend }) => tally(states, legend)));
const stateOf = async (world: World) => (await world.run()).state;

/** A worker during whose nth provider call something happens. */
function duringCall(world: World, nth: number, happens: () => Promise<unknown>): LaneDeps {
  const deps = world.deps();
  const push = deps.adapters['push'];
  let calls = 0;
  return {
    ...deps,
    adapters: {
      push: {
        async send(messages) {
          calls += 1;
          if (calls === nth) await happens();
          return (await push?.send(messages)) ?? [];
        },
      },
    },
  };
}

const control = (world: World, change: ControlChange) => world.runs.control(ACTIVITY, change);
const resumed = async (world: World) => resumeRun(world.deps(), await world.run(), world.now);

describe('a lane', () => {
  it('takes slice after slice and closes the run with the last one', async () => {
    const world = await worldOf({ entries: 250, perSlice: 100 });
    await world.lane();
    expect(await proveNothingLostNothingTwice(world)).toEqual([]);
    expect(await world.run()).toMatchObject({ state: 'COMPLETED', doneSlices: 3 });
    expect(world.queue).toHaveLength(0);
  });

  it('does its work once, however often its message comes', async () => {
    const world = await worldOf({ entries: 5 });
    for (const message of [LANE, LANE, laneOf(1), laneOf(1)]) await world.lane(message);
    expect(world.sent).toHaveLength(5);
    expect(world.queue).toHaveLength(0);
  });

  it('of an earlier epoch does nothing, unless it comes for a slice of its own', async () => {
    const world = await worldOf({ entries: 20, perSlice: 10 });
    await control(world, { ratePerMinute: null });
    await world.lane();
    expect(world.sent).toHaveLength(0);
    await world.lane({ ...laneOf(1), goesOn: true });
    expect(world.sent).toHaveLength(10);
    await world.lane({ ...LANE, epoch: 2 });
    expect(world.sent).toHaveLength(20);
  });

  it('that came for its own slice ends after it where nothing limits the run', async () => {
    const world = await worldOf({ entries: 20, perSlice: 10 });
    await world.lane(laneOf(2));
    expect(world.sent.map(({ identity }) => identity.endpointId)).toContain('e10');
    expect(world.sent).toHaveLength(10);
  });

  it('that came for its own slice goes on where the pace limits the run', async () => {
    const world = await worldOf({ entries: 20, perSlice: 10, ratePerMinute: 6000 });
    await world.lane(laneOf(2));
    expect(world.sent).toHaveLength(20);
  });

  it('of a run that is still being resolved, or over, does nothing', async () => {
    const world = await worldOf({ entries: 5 });
    await world.runs.move(ACTIVITY, ['RUNNING'], 'RESOLVING');
    await world.lane();
    await world.runs.move(ACTIVITY, ['RESOLVING'], 'COMPLETED');
    await world.lane();
    expect(world.sent).toHaveLength(0);
  });

  it('hands over before its time runs out, and its slice is taken up where it was left', async () => {
    const world = await worldOf({
      ...{ entries: 450, perSlice: 350, callMs: 25_000 },
      ratePerMinute: HIGHEST,
    });
    await world.lane(LANE, world.deps(), MINUTE);
    expect(world.sent).toHaveLength(200);
    expect(world.queue.map(({ message }) => message)).toEqual([laneOf(1), LANE]);
    await world.drained();
    expect(world.sent).toHaveLength(450);
    expect(await proveNothingLostNothingTwice(world)).toEqual([]);
  });

  it('never begins a call that its time is too short for', async () => {
    const world = await worldOf({ entries: 250 });
    await world.lane(LANE, world.deps(), 20_000);
    expect(world.calls).toHaveLength(0);
    await world.drained();
    expect(world.sent).toHaveLength(250);
  });
});

describe('a lane of a run as fast as possible', () => {
  const SECOND = 1000;

  it('lets others have its worker after some seconds, and goes on where it was', async () => {
    const world = await worldOf({ entries: 5000, perSlice: 1000, callMs: SECOND });
    await world.lane();
    expect(world.now - START).toBeGreaterThan(4 * SECOND);
    expect(world.now - START).toBeLessThan(17 * SECOND);
    // One lane: it does not become two.
    expect(world.queue).toHaveLength(1);
    let most = 0;
    while (world.queue.length > 0) {
      most = Math.max(most, world.queue.length);
      await world.lane(world.queue.shift()?.message);
    }
    expect(most).toBe(1);
    expect(world.sent).toHaveLength(5000);
    expect(await proveNothingLostNothingTwice(world)).toEqual([]);
  });

  it('comes further each time, however long a call takes to prepare and to make', async () => {
    const world = await worldOf({
      ...{ entries: 1000, perSlice: 300, callMs: 14 * SECOND },
      ...{ hook: () => ({ kind: 'keep' }), hookMs: 46 * SECOND },
    });
    await world.woken();
    const lanes = world.queue.length;
    let turns = 0;
    for (; world.queue.length > 0; turns++)
      await world.lane(world.queue.shift()?.message, world.deps(), 120 * SECOND);
    // But for the last turn of each lane, which finds nothing left, every one makes a call.
    expect(turns).toBeLessThanOrEqual(world.calls.length + lanes);
    expect(world.sent).toHaveLength(1000);
    expect(await proveNothingLostNothingTwice(world)).toEqual([]);
  });

  it('keeps its worker where it has a rate: such lanes are few', async () => {
    const world = await worldOf({ entries: 5000, perSlice: 1000, callMs: SECOND, ratePerMinute: HIGHEST });
    await world.lane();
    expect(world.sent).toHaveLength(5000);
  });
});

describe('a lease', () => {
  it('lasts for every call that is begun, however long the hook takes', async () => {
    const world = await worldOf({
      ...{ entries: 160, hook: () => ({ kind: 'keep' }), hookMs: 48_000 },
      ratePerMinute: HIGHEST,
    });
    const left: number[] = [];
    const deps = world.deps();
    const push = deps.adapters['push'];
    const send: NonNullable<typeof push>['send'] = async (messages) => {
      const [slice] = await world.slices();
      left.push((slice?.leaseUntil ?? 0) - world.now);
      expect(slice?.states).toContain('i');
      return (await push?.send(messages)) ?? [];
    };
    const atGrants: number[] = [];
    const grant: LaneDeps['runs']['grant'] = async (...asked) => {
      const [slice] = await world.slices();
      if (!slice?.done) atGrants.push((slice?.leaseUntil ?? 0) - world.now);
      return deps.runs.grant(...asked);
    };
    await world.lane(LANE, { ...deps, runs: { ...deps.runs, grant }, adapters: { push: { send } } });
    expect(Math.min(...atGrants)).toBeGreaterThanOrEqual(30_000);
    expect(left).toHaveLength(4);
    expect(Math.min(...left)).toBeGreaterThanOrEqual(30_000);
    expect(world.sent).toHaveLength(160);
  });

  it('that ran out while the hook was asked belongs to whoever took the slice', async () => {
    const world = await worldOf({ entries: 40, hook: () => ({ kind: 'keep' }) });
    const deps = world.deps();
    let asked = 0;
    const askHook: LaneDeps['askHook'] = async (...question) => {
      if (asked++ === 0) {
        world.now += LEASE_MS;
        await world.lane(laneOf(1));
      }
      return deps.askHook(...question);
    };
    await world.lane(LANE, { ...deps, askHook });
    expect(world.calls).toHaveLength(1);
    expect(await proveNothingLostNothingTwice(world)).toEqual([]);
  });
});

describe('slices of a local start', () => {
  it('wait in the queue until their time', async () => {
    const world = await worldOf({ entries: 20, perSlice: 10, notBefore: START + 3 * HOUR });
    await world.lane();
    expect(world.queue.map(({ message }) => message.slice)).toEqual([1, 2]);
    await world.drained(START + 3 * HOUR - 1);
    expect(world.sent).toHaveLength(0);
    expect(world.queue).toHaveLength(2);
    await world.drained();
    expect(world.sent).toHaveLength(20);
    expect(world.calls[0]?.at).toBeGreaterThanOrEqual(START + 3 * HOUR);
  });
});

describe('a cancelled run', () => {
  it('skips whoever is left, also when it happens in the middle, and asks no hook about them', async () => {
    const world = await worldOf({ entries: 250, perSlice: 125, hook: () => ({ kind: 'keep' }) });
    const deps = duringCall(world, 2, () => cancelRun(world.deps(), ACTIVITY, world.now));
    await world.lane(LANE, deps);
    await world.drained();
    expect(await countsOf(world)).toMatchObject({ sent: 100, skipped: 150, open: 0 });
    expect(finalStates(world.ledger).get('e249')).toEqual({ status: 'skipped', reason: 'CANCELLED' });
    expect(await proveNothingLostNothingTwice(world)).toEqual([]);
    expect(world.asked.has('e125')).toBe(false);
    expect(await stateOf(world)).toBe('CANCELLED');
  });

  it('does not wait for slices whose time has not come', async () => {
    const world = await worldOf({ entries: 20, perSlice: 10, notBefore: START + 20 * HOUR });
    await world.lane();
    await cancelRun(world.deps(), ACTIVITY, world.now);
    await world.drained(START + HOUR);
    expect(await countsOf(world)).toMatchObject({ skipped: 20, open: 0 });
    expect(await proveNothingLostNothingTwice(world)).toEqual([]);
  });

  it('skips whom a hook made wait', async () => {
    const world = await worldOf({
      entries: 10,
      hook: (id) => (id === 'e1' ? { kind: 'wait', notBefore: START + 20 * HOUR } : { kind: 'keep' }),
    });
    await world.lane();
    await cancelRun(world.deps(), ACTIVITY, world.now);
    await world.drained(START + HOUR);
    expect(finalStates(world.ledger).get('e1')).toEqual({ status: 'skipped', reason: 'CANCELLED' });
    expect(world.asked.get('e1')).toBe(1);
  });
});

describe('a run that may last so long', () => {
  it('has expired for whoever is left', async () => {
    const world = await worldOf({
      ...{ entries: 300, callMs: 10 * MINUTE, endBy: START + 15 * MINUTE },
      ratePerMinute: HIGHEST,
    });
    await world.lane(LANE, world.deps(), 10 * HOUR);
    expect(await countsOf(world)).toMatchObject({ sent: 200, skipped: 100, open: 0 });
    expect(finalStates(world.ledger).get('e299')).toEqual({ status: 'skipped', reason: 'EXPIRED' });
    expect(await stateOf(world)).toBe('COMPLETED');
  });

  it('is over soon after, even if somebody should wait for longer', async () => {
    const world = await worldOf({
      entries: 2,
      endBy: START + HOUR,
      hook: () => ({ kind: 'wait', notBefore: START + 100 * HOUR }),
    });
    await world.lane();
    await world.drained(START + HOUR - 1);
    expect(await countsOf(world)).toMatchObject({ open: 2 });
    await world.drained(START + 1.5 * HOUR);
    expect((await countsOf(world)).reasons).toEqual({ EXPIRED: 2 });
    expect(await stateOf(world)).toBe('COMPLETED');
  });
});

describe('a run that nobody may go on with', () => {
  it.each([
    ['rests', (world: World) => control(world, { paused: 'REQUESTED' })],
    [
      'is halted with everything else',
      async (world: World) => {
        world.halted = true;
      },
    ],
  ])('and that %s has expired all the same when its time is over', async (_what, stops) => {
    const world = await worldOf({ entries: 250, perSlice: 125, endBy: START + HOUR });
    await world.lane(
      LANE,
      duringCall(world, 1, () => stops(world)),
    );
    await world.drained();
    expect(world.sent).toHaveLength(100);
    world.now = START + HOUR;
    await world.woken();
    await world.drained();
    expect((await countsOf(world)).reasons).toEqual({ SUCCESS: 100, EXPIRED: 150 });
    expect(await proveNothingLostNothingTwice(world)).toEqual([]);
    expect(await stateOf(world)).toBe('COMPLETED');
  });
});

describe('a pause', () => {
  it('in the middle sends nothing more and queues nothing, and the run is finished after it', async () => {
    const world = await worldOf({ entries: 250, perSlice: 125 });
    await world.lane(
      LANE,
      duringCall(world, 1, () => control(world, { paused: 'REQUESTED' })),
    );
    expect(world.sent).toHaveLength(100);
    expect(world.queue).toHaveLength(0);
    expect((await world.slices())[0]).toMatchObject({ leaseUntil: 0, done: false });
    for (const message of [laneOf(1), { ...LANE, epoch: 2 }]) await world.lane(message);
    expect(world.sent).toHaveLength(100);
    expect(world.queue).toHaveLength(0);
    await resumed(world);
    await world.drained();
    expect(await proveNothingLostNothingTwice(world)).toEqual([]);
    expect(world.sent).toHaveLength(250);
    expect(await stateOf(world)).toBe('COMPLETED');
  });

  it('asks no hook and counts nobody', async () => {
    const world = await worldOf({ entries: 10, hook: () => ({ kind: 'keep' }) });
    await control(world, { paused: 'REQUESTED' });
    await world.lane({ ...LANE, epoch: 2 });
    expect(world.asked.size).toBe(0);
  });

  it('that ends while the slice is still held does not leave it behind', async () => {
    const world = await worldOf({ entries: 250 });
    const deps = world.deps();
    const release: LaneDeps['runs']['release'] = async (...what) => {
      await resumed(world);
      world.queue.length = 0;
      return deps.runs.release(...what);
    };
    const pausing = duringCall(world, 1, () => control(world, { paused: 'REQUESTED' }));
    await world.lane(LANE, { ...pausing, runs: { ...deps.runs, release } });
    expect(world.sent).toHaveLength(100);
    expect(world.queue.map(({ message }) => message.slice)).toEqual([1]);
    await world.drained();
    expect(world.sent).toHaveLength(250);
  });

  it('that begins and ends during a call is not noticed', async () => {
    const world = await worldOf({ entries: 250 });
    const deps = duringCall(world, 1, async () => {
      await control(world, { paused: 'REQUESTED' });
      await resumed(world);
    });
    await world.lane(LANE, deps);
    await world.drained();
    expect(await proveNothingLostNothingTwice(world)).toEqual([]);
    expect(world.sent).toHaveLength(250);
  });
});

describe('a rate', () => {
  it('that is set in the middle makes smaller calls, and who was put off is sent to once', async () => {
    const world = await worldOf({ entries: 350, perSlice: 350, hook: () => ({ kind: 'keep' }) });
    await world.lane(
      LANE,
      duringCall(world, 2, () => control(world, { ratePerMinute: 500 })),
    );
    await world.drained();
    expect(world.calls.slice(0, 2).map(({ ids }) => ids.length)).toEqual([50, 50]);
    expect(Math.max(...world.calls.slice(2).map(({ ids }) => ids.length))).toBe(10);
    expect(await proveNothingLostNothingTwice(world)).toEqual([]);
    expect(world.sent).toHaveLength(350);
    expect(world.now - START).toBeGreaterThan((250 / 500) * MINUTE - 5000);
  });

  it('that is taken away lets calls be full again', async () => {
    const world = await worldOf({ entries: 350, ratePerMinute: 500 });
    await world.lane(
      LANE,
      duringCall(world, 3, () => control(world, { ratePerMinute: null })),
    );
    await world.drained();
    expect(world.calls[0]?.ids).toHaveLength(10);
    expect(Math.max(...world.calls.map(({ ids }) => ids.length))).toBe(100);
    expect(world.sent).toHaveLength(350);
  });
});

describe('the kill switch', () => {
  it('halts a run in the middle, and lanes that are queued when it is on again finish it', async () => {
    const world = await worldOf({ entries: 250, perSlice: 125 });
    const halting = duringCall(world, 1, async () => {
      world.halted = true;
    });
    await world.lane(LANE, halting);
    await world.lane();
    expect(world.sent).toHaveLength(100);
    expect(world.queue).toHaveLength(0);
    world.halted = false;
    await world.woken();
    await world.drained();
    expect(await proveNothingLostNothingTwice(world)).toEqual([]);
    expect(world.sent).toHaveLength(250);
  });
});

describe('a run of whose messages too many fail', () => {
  /** Of each 100 messages, so many fail for good. */
  const failing = (share: number, entries = 1000, ratePerMinute?: number) =>
    worldOf({
      entries,
      ...(ratePerMinute === undefined ? {} : { ratePerMinute }),
      answer: ({ identity }) =>
        Number(identity.endpointId.slice(1)) % 100 < share
          ? { kind: 'permanent', text: 'bad', gone: false, reason: 'FAILURE_PERMANENT' }
          : { kind: 'sent' },
    });

  it('pauses itself after 500 messages, and says so once', async () => {
    const world = await failing(11);
    await world.lane();
    expect(world.calls).toHaveLength(5);
    expect(world.pauses.map(({ paused }) => paused)).toEqual(['FAILURES']);
    expect(world.queue).toHaveLength(0);
    await world.lane(laneOf(1));
    expect(world.calls).toHaveLength(5);
    expect(world.pauses).toHaveLength(1);
  });

  it('pauses itself at a rate so slow that each lane goes back after one call', async () => {
    const world = await failing(100, 550, 10);
    await world.woken();
    await world.drained();
    expect(world.pauses.map(({ paused }) => paused)).toEqual(['FAILURES']);
    expect(world.calls).toHaveLength(500);
  });

  it('goes on when somebody accepts that, and does not pause again', async () => {
    const world = await failing(11);
    await world.lane();
    await resumed(world);
    await world.drained();
    expect(await countsOf(world)).toMatchObject({ sent: 890, failed: 110 });
    expect(world.pauses).toHaveLength(1);
    expect(await stateOf(world)).toBe('COMPLETED');
  });

  it('goes on by itself at 10 % and less', async () => {
    const world = await failing(10);
    await world.lane();
    expect(world.pauses).toHaveLength(0);
    expect(await stateOf(world)).toBe('COMPLETED');
  });

  it('is not judged by fewer than 500 messages', async () => {
    const world = await failing(100, 450);
    await world.lane();
    expect(world.pauses).toHaveLength(0);
    expect(await countsOf(world)).toMatchObject({ failed: 450 });
  });
});
