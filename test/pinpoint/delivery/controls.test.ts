import { describe, expect, it } from 'vitest';
import { HORIZON_MS } from '../../../lambdas/pinpoint/delivery/pace.ts';
import type { LaneDeps } from '../../../lambdas/pinpoint/delivery/run-lane.ts';
import { proveNothingLostNothingTwice } from './support/proof.ts';
import { ACTIVITY, type World, worldOf } from './support/world.ts';

/** What a control may take to act at most (spec §4: within seconds). */
const ACTS_WITHIN_MS = 5_000;
/** The switch may have been read so long ago. */
const SEEN_MS = 2_000;
const ANSWER_MS = 100;
const MINUTE_MS = 60_000;

const CONTROLS: readonly [string, (world: World) => Promise<unknown>][] = [
  ['a pause', (world) => world.runs.control(ACTIVITY, { paused: 'REQUESTED' })],
  ['a cancellation', (world) => world.runs.move(ACTIVITY, ['RUNNING'], 'CANCELLED')],
  ['the kill switch', async (world) => Object.assign(world, { halted: true })],
];

/** Each call waits as long as it may for its run, and then for its account, which answers after a while. */
async function slowWorld(): Promise<{ world: World; deps: LaneDeps }> {
  const world = await worldOf({ entries: 30, ratePerMinute: MINUTE_MS / HORIZON_MS });
  const take = async () => {
    world.now += ANSWER_MS;
    return { startAt: world.now + HORIZON_MS };
  };
  const deps = world.deps();
  // Another lane always asks first.
  const grant: LaneDeps['runs']['grant'] = async (activityId, ask) => {
    const { nextAt } = await world.run();
    if (ask.costMs > 0 && nextAt <= world.now)
      await deps.runs.grant(activityId, { ...ask, ahead: false, tried: 0, failed: 0 });
    return deps.runs.grant(activityId, ask);
  };
  return { world, deps: { ...deps, runs: { ...deps.runs, grant }, account: { ...deps.account, take } } };
}

describe.each(CONTROLS)('%s while a call waits for its run and then for its account', (_, control) => {
  it('acts within five seconds: no call begins later', async () => {
    const { world, deps } = await slowWorld();
    const isOff = deps.killSwitch.isOff;
    let readAt = Number.NEGATIVE_INFINITY;
    let read = false;
    const killSwitch = {
      isOff: async () => {
        if (world.now - readAt < SEEN_MS) return read;
        readAt = world.now;
        read = await isOff();
        return read;
      },
    };
    let controlledAt: number | undefined;
    const sleep = async (ms: number) => {
      if (world.calls.length === 3 && controlledAt === undefined) {
        controlledAt = world.now;
        await control(world);
      }
      return deps.sleep(ms);
    };
    await world.lane(undefined, { ...deps, killSwitch, sleep });
    expect(controlledAt).toBeDefined();
    const late = world.calls.filter(({ at }) => at > (controlledAt ?? 0) + ACTS_WITHIN_MS);
    expect(late).toEqual([]);
    expect(world.calls.length).toBeLessThan(30);
  });
});

describe('a rate that changes while a call waits for its account', () => {
  it('costs nobody a message', async () => {
    const { world, deps } = await slowWorld();
    let changes = 0;
    const sleep = async (ms: number) => {
      if (changes++ < 5) await world.runs.control(ACTIVITY, { ratePerMinute: 20 + changes });
      return deps.sleep(ms);
    };
    await world.lane(undefined, { ...deps, sleep });
    await world.finished();
    expect(await proveNothingLostNothingTwice(world)).toEqual([]);
    expect(world.sent).toHaveLength(30);
  });
});
