import { isThrottled, type Letter } from './outcomes.ts';

/** Seconds before each further round for transient failures; after the last they have failed. */
export const RETRY_DELAYS = [2, 10, 30, 120] as const;
/** A queue delays no longer than this. */
export const MAX_DELAY_SECONDS = 900;
/** Throttled positions go on for about a day of rounds: a quota that is used up comes back. */
export const THROTTLED_ROUNDS = 100;

const FIRST_BACKOFF_MS = 250;
const LONGEST_BACKOFF_MS = 60_000;

/** Whether a position that failed in this way gets no further round. */
export const roundsAreOver = (letter: Letter, round: number): boolean =>
  round >= (isThrottled(letter) ? THROTTLED_ROUNDS : RETRY_DELAYS.length);

/** Seconds before the round after `round`, between half and the whole of its delay, so that slices do not come back together. */
export function retryDelay(round: number, random: () => number): number {
  const delay =
    RETRY_DELAYS[round] ?? Math.min(MAX_DELAY_SECONDS, 120 * 2 ** (round - RETRY_DELAYS.length + 1));
  return Math.ceil(delay * (0.5 + random() / 2));
}

/** Milliseconds to wait after the n-th throttled call in a row (0 …), with equal jitter. */
export function backoffMs(throttledCalls: number, random: () => number): number {
  const whole = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** throttledCalls);
  return whole * (0.5 + random() / 2);
}
