/**
 * A run's pace: the generic cell rate algorithm on one number, the instant from which the next message may go
 * (`nextAt`). A call of n messages that begins at `startAt = max(now, nextAt)` moves it to `startAt + n × intervalMs`.
 *
 * By start instants, with calls of at most c messages:
 * - a window of 60 s holds at most `rate`: all calls but the last fit into 60,000 / intervalMs = rate − c + 1, and
 *   numbers of messages are whole;
 * - a window of 1 s holds at most rate / 60 and one call more;
 * - as long as somebody asks in time, the pace is rate − c + 1, at most 2 % below the rate, since c ≤ rate / 50.
 */
export interface Pace {
  /** Milliseconds that one message takes; 0 as fast as possible. */
  readonly intervalMs: number;
  /** Messages a provider call may hold (design.md, "Fan-out": max(1, rate / 50)). */
  readonly callLimit: number;
}

/**
 * A start further away is refused: the slice goes back with a delay instead of keeping a function waiting. It is also how
 * long a pause, a rate or the kill switch may take to reach a call that was granted before.
 */
export const HORIZON_MS = 2_500;

const MINUTE_MS = 60_000;
/** A call holds at most this part of a minute's messages. */
const CALLS_PER_MINUTE = 50;

/** The highest rate a run may be given, messages a minute: Pinpoint's 20,000 a second. */
export const MAX_RATE = 1_200_000;

/** The pace of `ratePerMinute` with provider calls of at most `callSize`; undefined is as fast as possible. */
export function paceOf(ratePerMinute: number | undefined, callSize: number): Pace {
  if (ratePerMinute === undefined) return { intervalMs: 0, callLimit: callSize };
  const callLimit = Math.max(1, Math.min(callSize, Math.floor(ratePerMinute / CALLS_PER_MINUTE)));
  return { intervalMs: MINUTE_MS / (ratePerMinute - callLimit + 1), callLimit };
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

/** Milliseconds rounded up: a sum of such costs never falls short of the interval, and stays within DynamoDB's 38 digits. */
export const nanoseconds = (ms: number): number => Math.ceil(ms * 1e6) / 1e6;
