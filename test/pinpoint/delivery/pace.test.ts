import { describe, expect, it } from 'vitest';
import {
  HORIZON_MS,
  lanesFor,
  paceOf,
  shiftMs,
  spreadSeconds,
} from '../../../lambdas/pinpoint/delivery/pace.ts';
import { MAX_LANES } from '../../../lambdas/pinpoint/runs/lanes.ts';
import type { ControlChange } from '../../../lambdas/pinpoint/runs/ports.ts';
import { WHOLE } from '../../support/matrix.ts';
import { type Load, messagesIn, mostWithin, PaceWorld, START, type Start } from './pace-world.ts';

const SECOND = 1000;
const MINUTE = 60_000;
/** Lanes arrive, and the last ones wait for their start. */
const EDGE_MS = 4 * SECOND;

const LATENCIES: readonly Load['latency'][] = [
  // Even.
  (random) => 50 + 300 * random(),
  // One call in twenty takes one to two seconds.
  (random) => (random() < 0.05 ? 1000 + 1000 * random() : 100 + 100 * random()),
  // Each worker its own.
  (_random, worker) => 80 + 90 * (worker % 7),
];
const full = (allowed: number): number => allowed;
const single = (): number => 1;
const uneven = (allowed: number, random: () => number): number => 1 + Math.floor(random() * allowed);
const FILLS = [full, single, uneven];
const CALL_SIZES = [100, 10, 50];

const RATES = [60, 61, 100, 999, 1000, 5000, 20_000, 60_000, 300_000, 1_200_000];
const WORKERS = [1, 2, 5, 20, 50];

/** Seconds of a run: long enough for windows of a minute, unless that were too many calls. */
function secondsOf(ratePerMinute: number, workers: number): number {
  if (ratePerMinute >= 300_000) return workers >= 20 ? 20 : 70;
  return ratePerMinute === 1000 ? 300 : 130;
}

/** Each rate with each number of workers, and over them all latencies with all fillings and sizes of calls. */
const MATRIX = RATES.flatMap((ratePerMinute, r) =>
  WORKERS.flatMap((workers, w) =>
    (WHOLE ? [0, 1] : [0]).map((turn) => {
      const mix = r * WORKERS.length + w + turn * 4;
      return {
        ratePerMinute,
        workers,
        callSize: CALL_SIZES[Math.floor(mix / 9) % 3] ?? 100,
        latency: mix % 3,
        filled: Math.floor(mix / 3) % 3,
        seed: mix,
      };
    }),
  ),
);

/** No window above the rate, by the instants that were granted. */
function proveWindows(starts: readonly Start[], ratePerMinute: number, callSize: number): void {
  expect(mostWithin(starts, MINUTE)).toBeLessThanOrEqual(ratePerMinute);
  const { callLimit } = paceOf(ratePerMinute, callSize);
  expect(mostWithin(starts, SECOND)).toBeLessThanOrEqual(ratePerMinute / 60 + callLimit);
}

const sum = (numbers: readonly number[]): number => numbers.reduce((total, each) => total + each, 0);

/** What a lane alone can do at best: its next call waits for its pace or for its last one, whichever takes longer. */
function alonePerMinute(starts: readonly Start[], intervalMs: number): number {
  const tookMs = starts.map(({ messages, busyMs }) => Math.max(busyMs, messages * intervalMs));
  return (sum(starts.map(({ messages }) => messages)) / sum(tookMs)) * MINUTE;
}

describe('the pace', () => {
  it.each(MATRIX)(
    'of $ratePerMinute a minute by $workers workers (calls of $callSize, mix $seed) keeps to every window, near the rate',
    async ({ latency, filled, ...load }) => {
      const { ratePerMinute, workers, callSize } = load;
      const fill = FILLS[filled] ?? full;
      const world = await PaceWorld.of({ ...load, filled: fill, latency: LATENCIES[latency] ?? (() => 100) });
      const end = START + secondsOf(ratePerMinute, workers) * SECOND;
      await world.time.run(end);
      const { starts } = world;
      proveWindows(starts, ratePerMinute, callSize);
      expect(world.longestWaits.sleep).toBeLessThan(HORIZON_MS + 100);

      const [from, to] = [START + EDGE_MS, end - EDGE_MS];
      const perMinute = (messagesIn(starts, from, to) / (to - from)) * MINUTE;
      const lanes = Math.min(workers, lanesFor(ratePerMinute, callSize, MAX_LANES));
      // The workers' capacity: lanes × messages of a call / (its latency and the grant before it).
      const capacity =
        (lanes * sum(starts.map(({ messages }) => messages)) * MINUTE) /
        sum(starts.map(({ busyMs }) => busyMs));
      if (lanes === 1) {
        const alone = alonePerMinute(starts, paceOf(ratePerMinute, callSize).intervalMs);
        expect(perMinute).toBeGreaterThan(0.93 * alone);
        return;
      }
      // The workers can keep up: by a third more than the rate, or twice it where no call is like the other.
      if (capacity >= (fill === uneven ? 2 : 1.3) * ratePerMinute)
        expect(perMinute).toBeGreaterThanOrEqual(0.95 * ratePerMinute);
      else expect(perMinute).toBeGreaterThanOrEqual(0.85 * Math.min(capacity, 0.9 * ratePerMinute));
    },
  );

  it.each([1, 20, 45])(
    'of %i a minute goes back onto the queue instead of waiting in a worker, and is kept nonetheless',
    async (ratePerMinute) => {
      const latency = (random: () => number) => 100 + 400 * random();
      const world = await PaceWorld.of({ ratePerMinute, workers: 5, callSize: 100, latency });
      const minutes = ratePerMinute === 1 ? 60 : 10;
      await world.time.run(START + minutes * MINUTE + HORIZON_MS);
      proveWindows(world.starts, ratePerMinute, 100);
      expect(world.starts.length).toBeGreaterThanOrEqual(0.95 * minutes * ratePerMinute);
      expect(world.longestWaits.sleep).toBeLessThan(HORIZON_MS + 100);
    },
  );

  it('is the same for channel kinds whose calls differ', async () => {
    // Small calls fill the minute, and a large one comes last: the room for it must have been left.
    const rate = 6000;
    const [small, large] = [paceOf(rate, 10), paceOf(rate, 100)];
    const minute = Math.ceil(MINUTE / (10 * small.intervalMs)) - 1;
    const starts = Array.from({ length: minute }, (_, n) => ({
      at: n * 10 * small.intervalMs,
      messages: 10,
    }));
    starts.push({ at: minute * 10 * small.intervalMs, messages: large.callLimit });
    expect(mostWithin(starts, MINUTE)).toBeLessThanOrEqual(rate);
  });

  it('is asked about once a call, even by fifty workers at the highest rate', async () => {
    const latency = (random: () => number) => 50 + 200 * random();
    const world = await PaceWorld.of({ ratePerMinute: 1_200_000, workers: 50, callSize: 100, latency });
    await world.time.run(START + 70 * SECOND);
    proveWindows(world.starts, 1_200_000, 100);
    expect(messagesIn(world.starts, START + EDGE_MS, START + EDGE_MS + MINUTE)).toBeGreaterThan(1_140_000);
    expect(world.asked.grants / world.starts.length).toBeLessThan(1.2);
  });

  it.each([
    // A customer's function that takes its time.
    { ratePerMinute: 5000, callSize: 50, filled: full, latencyMs: 8000, workers: 50 },
    // A hook that leaves two of a hundred.
    {
      ratePerMinute: 6000,
      callSize: 100,
      filled: (allowed: number) => Math.min(2, allowed),
      latencyMs: 500,
      workers: 50,
    },
    { ratePerMinute: 60_000, callSize: 100, filled: full, latencyMs: 3000, workers: 50 },
    { ratePerMinute: 60, callSize: 100, filled: full, latencyMs: 12_000, workers: 20 },
  ])(
    'of $ratePerMinute a minute calls for lanes where a call takes $latencyMs ms',
    async ({ latencyMs, ...load }) => {
      const world = await PaceWorld.of({ ...load, latency: (random) => latencyMs * (0.8 + 0.4 * random()) });
      await world.time.run(START + 3 * MINUTE);
      proveWindows(world.starts, load.ratePerMinute, load.callSize);
      const soon = START + 5000 + 4 * latencyMs;
      const perMinute =
        (messagesIn(world.starts, soon, START + 3 * MINUTE) / (START + 3 * MINUTE - soon)) * MINUTE;
      expect(perMinute).toBeGreaterThanOrEqual(0.95 * load.ratePerMinute);
    },
  );

  it('does not fill the queue with lanes that no worker is free for', async () => {
    const world = await PaceWorld.of({
      ...{ ratePerMinute: 60_000, workers: 3, callSize: 100 },
      latency: () => 2000,
    });
    await world.time.run(START + 20 * MINUTE);
    expect(world.waiting).toBeLessThan(4 * MAX_LANES);
  });

  it('sends surplus lanes away one by one, not from the run whose next call may be theirs', () => {
    for (const rate of [undefined, 1, 20, 45]) expect(spreadSeconds(rate, 1000, () => 0.999)).toBe(0);
    expect(spreadSeconds(1000, 1000, () => 0.999)).toBeGreaterThan(2);
    expect(spreadSeconds(1000, 1000, () => 0)).toBe(0);
  });
});

/** A run, and one change of its controls after half a minute or more. */
async function changed(
  load: Partial<Load>,
  changes: readonly [atMs: number, change: ControlChange][],
  endMs: number,
) {
  const latency = (random: () => number) => 50 + 300 * random();
  const world = await PaceWorld.of({ ratePerMinute: 1000, workers: 20, callSize: 100, latency, ...load });
  for (const [atMs, change] of changes) {
    await world.time.run(START + atMs);
    await world.control(change);
  }
  await world.time.run(START + endMs);
  return world;
}
const since = (starts: readonly Start[], ms: number): Start[] => starts.filter(({ at }) => at >= START + ms);

describe('a change of the rate', () => {
  const CHANGE = 40 * SECOND;
  it.each([
    [60, 6000],
    [6000, 60],
    [1000, 5000],
    [20_000, 61],
    [61, 60_000],
    [300_000, 1000],
    [1, 600],
    [20, 1000],
    [600, 1],
    [1, 2],
  ])(
    'from %i to %i a minute acts within seconds, and no window is above the larger one',
    async (from, to) => {
      const world = await changed({ ratePerMinute: from }, [[CHANGE, { ratePerMinute: to }]], 200 * SECOND);
      proveWindows(world.starts, Math.max(from, to), 100);
      proveWindows(since(world.starts, CHANGE + MINUTE), to, 100);
      const soon = since(world.starts, CHANGE + 5 * SECOND);
      expect(mostWithin(soon, SECOND)).toBeLessThanOrEqual(to / 60 + paceOf(to, 100).callLimit);
      const felt = messagesIn(world.starts, START + CHANGE + 5 * SECOND, START + CHANGE + 125 * SECOND);
      expect(felt).toBeGreaterThanOrEqual(Math.floor(0.95 * 2 * to) - 1);
      expect(felt).toBeLessThanOrEqual(2 * to);
    },
  );

  it.each([60, 1000, 20_000])('from %i a minute to as fast as possible and back', async (rate) => {
    const world = await changed(
      { ratePerMinute: rate },
      [
        [CHANGE, { ratePerMinute: null }],
        [CHANGE + 20 * SECOND, { ratePerMinute: rate }],
      ],
      200 * SECOND,
    );
    proveWindows(
      world.starts.filter(({ at }) => at < START + CHANGE),
      rate,
      100,
    );
    proveWindows(since(world.starts, CHANGE + 25 * SECOND), rate, 100);
    const unlimited = messagesIn(world.starts, START + CHANGE + 5 * SECOND, START + CHANGE + 20 * SECOND);
    // Twenty workers make a call of 100 in 207 ms on the average.
    expect(unlimited).toBeGreaterThan(0.85 * 15 * ((20 * 100) / 0.207));
    const limited = messagesIn(world.starts, START + CHANGE + 25 * SECOND, START + CHANGE + 145 * SECOND);
    expect(limited).toBeGreaterThanOrEqual(0.95 * 2 * rate);
  });

  it('never gives up what was granted, however often the rate and the rest change', async () => {
    for (const rates of [
      [1, 2],
      [1, 3, 2],
      [20, 45],
      [1, undefined],
    ]) {
      const rate = Math.max(...rates.map((each) => each ?? 0));
      const changes = Array.from({ length: 40 }, (_, n): [number, ControlChange] => [
        (n + 1) * 3 * SECOND,
        n % 3 === 2
          ? { paused: n % 2 === 0 ? 'REQUESTED' : null }
          : { ratePerMinute: rates[n % rates.length] ?? rate },
      ]);
      const world = await changed({ ratePerMinute: rates[0] }, changes, 240 * SECOND);
      expect(world.starts.length).toBeGreaterThan(0);
      proveWindows(world.starts, rate, 100);
    }
  });

  it('moves the pace by the difference of one message', () => {
    expect(shiftMs(1, 60)).toBeCloseTo(-59_000, 2);
    expect(shiftMs(60, 1)).toBeCloseTo(59_000, 2);
    expect(shiftMs(undefined, 60)).toBe(1000);
    expect(shiftMs(60, undefined)).toBe(-1000);
    expect(shiftMs(60, 60)).toBe(0);
  });
});

describe('a pause', () => {
  it.each([1, 60, 1000, 60_000, 1_200_000, undefined])(
    'of a run of %s a minute acts within five seconds, and so does going on',
    async (ratePerMinute) => {
      const world = await changed(
        { ratePerMinute },
        [
          [30 * SECOND, { paused: 'REQUESTED' }],
          [70 * SECOND, { paused: null }],
        ],
        140 * SECOND,
      );
      const inRest = world.starts.filter(({ at }) => at > START + 35 * SECOND && at < START + 70 * SECOND);
      expect(inRest).toEqual([]);
      const resumed = Math.min(...since(world.starts, 70 * SECOND).map(({ at }) => at));
      expect(resumed - START).toBeLessThan(75 * SECOND);
      if (ratePerMinute !== undefined) proveWindows(world.starts, ratePerMinute, 100);
    },
  );
});
