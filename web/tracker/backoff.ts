/** How long to wait before a batch is tried again. Pure. */

export const FIRST_WAIT_MS = 1000;
export const LONGEST_WAIT_MS = 60_000;
/** Failures in a row after which the tracker rests: a page that may not post never learns why (CORS hides it). */
export const MOST_FAILURES = 10;

/**
 * Milliseconds to wait after `failures` (from 1) in a row; `random` is in [0, 1). Half of the wait is chance, so that
 * browsers which were refused together do not come back together.
 */
export const backoffMs = (failures: number, random: number): number =>
  (Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** (failures - 1)) * (1 + random)) / 2;
