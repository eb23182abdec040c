import { describe, expect, it } from 'vitest';
import type { Outcome } from '../../../lambdas/pinpoint/channels/ports.ts';
import { HORIZON_MS, paceOf } from '../../../lambdas/pinpoint/delivery/pace.ts';
import { type LaneDeps, runLane } from '../../../lambdas/pinpoint/delivery/run-lane.ts';
import { queueLanes } from '../../../lambdas/pinpoint/runs/lanes.ts';
import type { LaneMessage } from '../../../lambdas/pinpoint/runs/run.ts';
import { WHOLE } from '../../support/matrix.ts';
import { randomOf, VirtualTime } from '../../support/virtual-time.ts';
import { messagesIn, mostWithin, type Start, slowed } from './pace-world.ts';
import { finalStates, START, worldOf } from './support/world.ts';

const SECOND = 1000;
const MINUTE = 60_000;
/** A worker's whole time for a lane: short, so that lanes are handed on in the middle. */
const TURN_MS = 120_000;

interface Sending {
  readonly entries: number;
  readonly perSlice: number;
  readonly ratePerMinute: number;
  readonly workers: number;
}

/** Sends a whole run by workers that go on side by side; every grant and every provider call with its instant. */
async function sent({ workers, ...run }: Sending) {
  const world = await worldOf(run);
  const time = new VirtualTime(START);
  const random = randomOf(run.ratePerMinute);
  const grants: Omit<Start, 'busyMs'>[] = [];
  const ready: LaneMessage[] = [];
  const idle: (() => void)[] = [];
  let longestSleep = 0;
  let owners = 0;

  const queued = (message: LaneMessage, delaySeconds: number): void =>
    time.go(
      async () => {
        ready.push(message);
        idle.shift()?.();
      },
      (delaySeconds + random()) * SECOND,
    );
  const deps = (): LaneDeps => {
    const plain = world.deps();
    const runs = slowed(world.runs, time, () => 4 + 8 * random());
    const { intervalMs } = paceOf(run.ratePerMinute, 100);
    return {
      ...plain,
      runs: {
        ...runs,
        grant: async (id, ask) => {
          const answer = await runs.grant(id, ask);
          if (answer.granted)
            grants.push({ at: answer.startAt, messages: Math.round(ask.costMs / intervalMs) });
          return answer;
        },
      },
      adapters: {
        push: {
          send: async (messages) => {
            await time.sleep(100 + 300 * random());
            return messages.map(({ identity }): Outcome => {
              world.attempts.set(identity.endpointId, (world.attempts.get(identity.endpointId) ?? 0) + 1);
              return { kind: 'sent', providerMessageId: 'p' };
            });
          },
        },
      },
      sliceQueue: {
        send: async (message, { delaySeconds = 0 } = {}) => queued(message, delaySeconds),
        sendAll: async (messages) => {
          for (const message of messages) queued(message, 0);
        },
      },
      clock: () => Math.floor(time.now()),
      sleep: (ms) => {
        longestSleep = Math.max(longestSleep, ms);
        return time.sleep(ms);
      },
      random,
      newId: () => `owner-${owners++}`,
    };
  };
  for (let worker = 0; worker < workers; worker++)
    time.go(async () => {
      for (;;) {
        const message = ready.shift();
        const ctx = { actor: 'w', requestId: 'r', now: time.now(), deadline: time.now() + TURN_MS };
        if (message) await runLane(deps(), ctx, message);
        else await new Promise<void>((resolve) => idle.push(resolve));
      }
    });
  await queueLanes(deps(), await world.run(), START);
  await time.run();
  return { world, grants, longestSleep };
}

/** At 5000 a minute more than a minute's worth, in more slices than a lane takes. */
const MANY = WHOLE ? 20_000 : 8000;

describe('a run of many slices', () => {
  it.each([
    { entries: MANY, perSlice: 1000, ratePerMinute: 5000, workers: 10 },
    { entries: 20_000, perSlice: 1000, ratePerMinute: 20_000, workers: 10 },
    { entries: 20_000, perSlice: 1000, ratePerMinute: 60_000, workers: 50 },
    { entries: 3_000, perSlice: 70, ratePerMinute: 1000, workers: 5 },
    { entries: 200, perSlice: 40, ratePerMinute: 20, workers: 5 },
    { entries: 30, perSlice: 10, ratePerMinute: 1, workers: 3 },
  ])('of $entries recipients goes out at $ratePerMinute a minute, to each once', async (run) => {
    const { world, grants, longestSleep } = await sent(run);
    expect(grants.reduce((sum, { messages }) => sum + messages, 0)).toBe(run.entries);
    expect([...world.attempts.values()].every((times) => times === 1)).toBe(true);
    expect([...finalStates(world.ledger).values()].filter(({ status }) => status === 'sent')).toHaveLength(
      run.entries,
    );
    expect((await world.run()).state).toBe('COMPLETED');
    const { callLimit } = paceOf(run.ratePerMinute, 100);
    expect(mostWithin(grants, MINUTE)).toBeLessThanOrEqual(run.ratePerMinute);
    expect(mostWithin(grants, SECOND)).toBeLessThanOrEqual(run.ratePerMinute / 60 + callLimit);
    expect(longestSleep).toBeLessThan(HORIZON_MS + 100);
    // While there is work for more than one lane: until the last tenth.
    const last = Math.max(...grants.map(({ at }) => at));
    const [from, to] = [START + 3 * SECOND, START + 0.9 * (last - START)];
    expect((messagesIn(grants, from, to) / (to - from)) * MINUTE).toBeGreaterThanOrEqual(
      0.95 * run.ratePerMinute,
    );
  });
});
