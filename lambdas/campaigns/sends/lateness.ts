/** Which of a campaign's occurrences goes out at a moment, and which are missed (spec §4). Pure; epoch milliseconds. */

export interface Opening {
  /** The one that goes out. */
  readonly send?: number;
  /** Those that do not any more, in order. */
  readonly missed: readonly number[];
  /** The first that is still to come, or that is left for another time; absent when there is none. */
  readonly next?: number;
}

/** Missed occurrences recorded in one go; what an outage of years leaves is worked off in several. */
const MOST_AT_ONCE = 50;

/**
 * `left`: the occurrences that are not opened yet, in order. Of those that are due the latest goes out if it is less than
 * `windowMs` late; all others are missed, so that they do not pile up.
 */
export function openingAt(left: Iterable<number>, now: number, windowMs: number): Opening {
  const due: number[] = [];
  for (const at of left) {
    if (at > now) return { ...judged(due, now, windowMs), next: at };
    // One more is due: none of those before it is the latest.
    if (due.length === MOST_AT_ONCE) return { missed: due, next: at };
    due.push(at);
  }
  return judged(due, now, windowMs);
}

function judged(due: readonly number[], now: number, windowMs: number): Omit<Opening, 'next'> {
  const latest = due.at(-1);
  if (latest === undefined || isTooLate(latest, now, windowMs)) return { missed: due };
  return { send: latest, missed: due.slice(0, -1) };
}

/** Whether what was to begin at `at` may not begin any more: it goes out if it is less than the window late. */
export const isTooLate = (at: number, now: number, windowMs: number): boolean => now - at >= windowMs;

const minutes = (ms: number): number => Math.floor(ms / 60_000);

/** Why what was to begin at `scheduledFor` (ISO 8601) is missed. */
export const tooLate = (scheduledFor: string, now: number, windowMs: number): string =>
  `${minutes(now - Date.parse(scheduledFor))} minutes late; less than ${minutes(windowMs)} are made up for`;
