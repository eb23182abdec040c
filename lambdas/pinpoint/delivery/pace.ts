import { MINUTE_MS } from '../../shared/durations.ts';

/**
 * A run's pace: the generic cell rate algorithm on one number, the instant from which the next message may go
 * (`nextAt`). A call of n messages that begins at `startAt = max(now, nextAt)` moves it to `startAt + n × intervalMs`.
 *
 * By start instants, with no call larger than c = min(100, rate / 50), of whichever channel kind:
 * - a half-open window of 60 s holds at most `rate`: all calls but the last fit into 60,000 / intervalMs = rate − c + 1,
 *   and numbers of messages are whole;
 * - a window of 1 s holds at most rate / 60 and one call more;
 * - as long as somebody asks in time, the pace is rate − c + 1, at most 2 % below the rate, since c ≤ rate / 50.
 */
export interface Pace {
  /** Milliseconds that one message takes; 0 as fast as possible. The same for every channel kind of a run. */
  readonly intervalMs: number;
  /** Messages a provider call may hold (design.md, "Fan-out": max(1, rate / 50)). */
  readonly callLimit: number;
}

/**
 * A start further away is refused: the slice goes back with a delay instead of keeping a function waiting. It is also how
 * long a pause, a rate or the kill switch may take to reach a call that was granted before.
 */
export const HORIZON_MS = 2_500;

/** A call holds at most this part of a minute's messages. */
const CALLS_PER_MINUTE = 50;
/** Messages in a call of the channel kind with the largest ones. */
export const LARGEST_CALL = 100;

/** The highest rate a run may be given, messages a minute: Pinpoint's 20,000 a second. */
export const MAX_RATE = 1_200_000;

const callLimitOf = (ratePerMinute: number, callSize: number): number =>
  Math.max(1, Math.min(callSize, Math.floor(ratePerMinute / CALLS_PER_MINUTE)));

/** Room is left for the largest call there may be: the calls before the last one of a window may be of smaller kinds. */
const intervalOf = (ratePerMinute: number): number =>
  MINUTE_MS / (ratePerMinute - callLimitOf(ratePerMinute, LARGEST_CALL) + 1);

/** The pace of `ratePerMinute` with provider calls of at most `callSize`; undefined is as fast as possible. */
export function paceOf(ratePerMinute: number | undefined, callSize: number): Pace {
  if (ratePerMinute === undefined) return { intervalMs: 0, callLimit: callSize };
  return { intervalMs: intervalOf(ratePerMinute), callLimit: callLimitOf(ratePerMinute, callSize) };
}

/**
 * Milliseconds by which `nextAt` moves when a run's rate changes, back when it gets faster: the last message that was
 * granted takes as long as at the new rate. So every window keeps to the larger of the two, however often they change, and
 * nobody waits a minute for a rate of one a minute to end.
 */
export function shiftMs(before: number | undefined, after: number | undefined): number {
  const intervalMs = (rate: number | undefined) => (rate === undefined ? 0 : intervalOf(rate));
  return addable(intervalMs(after) - intervalMs(before));
}

/** A lane makes at least so many calls a second: reads, hook, claim and the provider's own time included. */
const CALLS_PER_LANE_AND_SECOND = 1.5;

/**
 * How many lanes keep up a rate: enough for providers that take two thirds of a second, and one more, so that somebody
 * always asks ahead. As fast as possible is `most`.
 */
export function lanesFor(ratePerMinute: number | undefined, callSize: number, most: number): number {
  if (ratePerMinute === undefined) return most;
  const { callLimit } = paceOf(ratePerMinute, callSize);
  const calls = ratePerMinute / 60 / callLimit;
  return Math.min(most, Math.ceil(calls / CALLS_PER_LANE_AND_SECOND) + 1);
}

/** Calls that take longer than others must not make the lanes too few; lanes too many go back by themselves. */
const MARGIN = 1.3;
/** Of lanes too few, about one in so many finds nobody ahead of it: the others ask just after another one. */
const FIND_IDLE = 3;

/**
 * How many lanes one of `lanes` should call for when it finds nobody ahead of it: its share of those that are missing
 * (`most` in all) when a call keeps a lane for `busyMs` and is to begin every `callMs`. Slow providers need more than
 * `lanesFor` says, and so do calls that hooks and caps leave half empty.
 */
export function lanesMissing(busyMs: number, callMs: number, lanes: number, most: number): number {
  const needed = Math.min(most, Math.ceil((busyMs / callMs) * MARGIN) + 1);
  return Math.max(0, Math.ceil((needed - lanes) / Math.max(1, lanes / FIND_IDLE)));
}

/** Surplus lanes come back within this: one of them may have to stand in for those that went on. */
const LONGEST_SPREAD_MS = 5_000;

/**
 * Whole seconds by which a slice that found no room in the pace comes back later still, so that surplus lanes come one by
 * one: within half the time that its `entries` take. None where a single call may lie beyond the horizon: there every
 * lane goes back after each call, and the next call is nobody else's.
 */
export function spreadSeconds(
  ratePerMinute: number | undefined,
  entries: number,
  random: () => number,
): number {
  const { intervalMs, callLimit } = paceOf(ratePerMinute, LARGEST_CALL);
  if (2 * callLimit * intervalMs > HORIZON_MS) return 0;
  return Math.floor((random() * Math.min(LONGEST_SPREAD_MS, (entries * intervalMs) / 2)) / 1000);
}

/** Epoch milliseconds have room for 12 binary places in a double. */
const FRACTIONS = 2 ** 12;

/**
 * Milliseconds rounded up to what adds to an instant without a rest, in a double as in DynamoDB's 38 digits: a sum of
 * such costs never falls short of the interval.
 */
export const addable = (ms: number): number => Math.ceil(ms * FRACTIONS) / FRACTIONS;
