import { DAY_MS, MINUTE_MS } from '../../shared/durations.ts';
import { dateOf, dayOf, firstOfMonth, monthOf, weekdayOf } from './days.ts';
import { type Cycle, type Recurrence, WEEKDAYS } from './schedule.ts';
import { instantOnClock } from './zone-clock.ts';

/** Nothing is looked for beyond 9999-12-31: a cycle without any match (31st, yearly from February) ends there. */
const LAST_DAY = Date.UTC(9999, 11, 31) / DAY_MS;

/**
 * The first send strictly after an instant; both in epoch milliseconds. Undefined when there is none left. `anchor` is the
 * local date (YYYY-MM-DD) that the cycle counts from: `from` at the first start, `resumeAnchor` after a resume. Any
 * distance from the anchor takes the same time. Spec §4 "When". RangeError for a recurrence that was never checked.
 */
export function nextOccurrence(recurrence: Recurrence, anchor: string, afterMs: number): number | undefined {
  for (const { at } of matches(recurrence, anchor, afterMs)) return at;
  return undefined;
}

/** All sends strictly after an instant, in order, as they are asked for; without an `until` they end in the year 9999. */
export function* occurrences(recurrence: Recurrence, anchor: string, afterMs: number): Generator<number> {
  for (const { at } of matches(recurrence, anchor, afterMs)) yield at;
}

/**
 * What the cycle counts from after a resume: the date of the first matching HH:MM strictly after it (spec §4 "Pausing
 * resets the cycle"). It matches on a chosen weekday, or day of the month, of whichever week or month: that date is itself
 * the next send. Undefined when there is none until the end.
 */
export function resumeAnchor(recurrence: Recurrence, resumedAtMs: number): string | undefined {
  const uncounted = { ...recurrence, cycle: { ...recurrence.cycle, every: 1 } };
  for (const { day } of matches(uncounted, recurrence.from, resumedAtMs)) return dateOf(day);
  return undefined;
}

/** A day of the cycle, and the instant at which it sends. */
interface Match {
  readonly day: number;
  readonly at: number;
}

function* matches(recurrence: Recurrence, anchor: string, afterMs: number): Generator<Match> {
  const { cycle, time, from, until, timeZone } = recurrence;
  const last = until === undefined ? LAST_DAY : dayNumber(until);
  const timeMs = timeOfDay(time);
  // A zone is at most a day off UTC, and what falls into a gap runs less than a day late.
  const first = Math.max(dayNumber(anchor), dayNumber(from), Math.floor(afterMs / DAY_MS) - 2);
  let after = afterMs;
  for (const day of daysOf(cycle, dayNumber(anchor), first)) {
    if (day > last) return;
    const at = instantOnClock(day * DAY_MS + timeMs, timeZone);
    if (at === undefined || at <= after) continue;
    after = at;
    yield { day, at };
  }
}

/** The days of a cycle that counts from `anchor`, in order, beginning with the first at or after `first`. */
function daysOf(cycle: Cycle, anchor: number, first: number): Generator<number> {
  switch (cycle.unit) {
    case 'day':
      return everyNth(anchor, cycle.every, first);
    case 'week':
      return daysOfWeeks(cycle, anchor, first);
    case 'month':
      return daysOfMonths(cycle, anchor, first);
  }
}

/** The smallest `start + k × step`, k ≥ 0, that is at least `least`, and all that follow up to the last day. */
function* everyNth(start: number, step: number, least: number, most = LAST_DAY): Generator<number> {
  const skipped = Math.max(0, Math.ceil((least - start) / step));
  for (let n = start + skipped * step; n <= most; n += step) yield n;
}

const sundayOf = (day: number): number => day - weekdayOf(day);

function* daysOfWeeks(
  { every, weekdays }: Cycle & { unit: 'week' },
  anchor: number,
  first: number,
): Generator<number> {
  const inWeek = WEEKDAYS.flatMap((name, index) => (weekdays.includes(name) ? [index] : []));
  for (const sunday of everyNth(sundayOf(anchor), every * 7, sundayOf(first)))
    for (const index of inWeek) if (sunday + index >= first) yield sunday + index;
}

/** A month without the day is passed over, and still counts (spec §4). */
function* daysOfMonths(
  { every, day }: Cycle & { unit: 'month' },
  anchor: number,
  first: number,
): Generator<number> {
  for (const month of everyNth(monthOf(anchor), every, monthOf(first), monthOf(LAST_DAY))) {
    const [start, end] = [firstOfMonth(month), firstOfMonth(month + 1) - 1];
    const found = day === 'last' ? end : start + day - 1;
    if (found <= end && found >= first) yield found;
  }
}

function dayNumber(date: string): number {
  const day = dayOf(date);
  if (day === undefined) throw new RangeError(`${date} is no date`);
  return day;
}

/** Milliseconds from midnight of an HH:MM. */
const timeOfDay = (time: string): number =>
  (Number(time.slice(0, 2)) * 60 + Number(time.slice(3, 5))) * MINUTE_MS;
