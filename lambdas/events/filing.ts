import { DAY_MS, dayOf, dayText, HOUR_MS } from './time.ts';

/** Where a row lies in the lake, and whether it came late. */
export interface Filing {
  readonly filed: 'occurred' | 'received';
  /** `YYYY-MM-DD`, UTC. */
  readonly day: string;
  readonly late: boolean;
}

/** How far ahead of its arrival an event may lie (spec §1). */
export const MAX_AHEAD_MS = DAY_MS;
const LATE_MS = 72 * HOUR_MS;
const DAYS_BACK = 7;
const DAYS_AHEAD = 1;

/**
 * The partition of an event (spec §1): the UTC day it occurred on, when that is within −7…+1 days of the day it
 * arrived on; otherwise the day it arrived on. Older than 72 hours is late. Both times in epoch milliseconds.
 */
export function filingOf(occurredMs: number, receivedMs: number): Filing {
  const occurred = dayOf(occurredMs);
  const received = dayOf(receivedMs);
  const near = occurred >= received - DAYS_BACK && occurred <= received + DAYS_AHEAD;
  return {
    filed: near ? 'occurred' : 'received',
    day: dayText(near ? occurred : received),
    late: !near || receivedMs - occurredMs > LATE_MS,
  };
}
