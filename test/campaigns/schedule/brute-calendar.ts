/**
 * A second opinion on recurrences, in the slowest and plainest way: it walks every day from the anchor on with a counter in
 * its hand, and every minute of a clock that is being changed. It knows time zones from Intl.DateTimeFormat only and shares
 * nothing with what it judges.
 */
import type { Recurrence } from '../../../lambdas/campaigns/schedule/schedule.ts';

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const NAMES = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];

const formats = new Map<string, Intl.DateTimeFormat>();

/** What a clock on a wall in `zone` shows: '2026-03-08 03:00'. */
export function wallClock(instant: number, zone: string): string {
  let format = formats.get(zone);
  if (!format) {
    format = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short', timeStyle: 'short' });
    formats.set(zone, format);
  }
  return format.format(instant);
}

/** When the wall clock first shows `date time`, or else first shows more than that; undefined if it never shows the date. */
export function firstShown(date: string, time: string, zone: string): number | undefined {
  const wanted = `${date} ${time}`;
  const midnight = Date.parse(`${date}T00:00Z`);
  // Offsets lie between −12 and +14 hours. With the same one at both ends the clock was not touched in between: none was
  // ever changed twice within days and back.
  const [begin, end] = [midnight - 16 * HOUR, midnight + 64 * HOUR];
  const offset = Date.parse(`${wallClock(begin, zone).replace(' ', 'T')}Z`) - begin;
  if (Date.parse(`${wallClock(end, zone).replace(' ', 'T')}Z`) - end === offset)
    return Date.parse(`${date}T${time}Z`) - offset;
  const shown = minutesOf(begin, end, zone);
  if (!shown.some(([, text]) => text.startsWith(date))) return undefined;
  const exact = shown.find(([, text]) => text === wanted);
  return (exact ?? shown.find(([, text]) => text > wanted))?.[0];
}

type Minute = readonly [instant: number, shown: string];
const walked = new Map<string, readonly Minute[]>();

/** Every minute and what the clock shows then; kept, for a test asks for many times of one day. */
function minutesOf(begin: number, end: number, zone: string): readonly Minute[] {
  const key = `${zone} ${begin}`;
  const found = walked.get(key);
  if (found) return found;
  const minutes: Minute[] = [];
  for (let instant = begin; instant < end; instant += MINUTE)
    minutes.push([instant, wallClock(instant, zone)]);
  walked.set(key, minutes);
  return minutes;
}

export const nextDay = (date: string, days = 1): string =>
  new Date(Date.parse(`${date}T00:00Z`) + days * DAY).toISOString().slice(0, 10);

const weekdayOf = (date: string): string => NAMES[new Date(`${date}T00:00Z`).getUTCDay()] ?? '';

/** Whether the day is one of those the cycle names, in whichever week or month. */
export function isNamed(date: string, { cycle }: Pick<Recurrence, 'cycle'>): boolean {
  if (cycle.unit === 'day') return true;
  if (cycle.unit === 'week') return (cycle.weekdays as readonly string[]).includes(weekdayOf(date));
  if (cycle.day === 'last') return nextDay(date).endsWith('-01');
  return Number(date.slice(8)) === cycle.day;
}

/** Every day the cycle falls on, from the anchor to `last`, counting days, Sundays and firsts of the month on the way. */
export function* walkedDays(
  recurrence: Pick<Recurrence, 'cycle'>,
  anchor: string,
  last: string,
): Generator<string> {
  const { unit, every } = recurrence.cycle;
  let passed = 0;
  for (let date = anchor; date <= last; date = nextDay(date)) {
    if (date > anchor) {
      if (unit === 'day') passed += 1;
      if (unit === 'week' && weekdayOf(date) === 'sun') passed += 1;
      if (unit === 'month' && date.endsWith('-01')) passed += 1;
    }
    if (passed % every === 0 && isNamed(date, recurrence)) yield date;
  }
}

/** All sends on days up to `last`, or `until` if that is sooner. */
export function bruteOccurrences(recurrence: Recurrence, anchor: string, last: string): number[] {
  const { time, until = last, timeZone } = recurrence;
  return [...walkedDays(recurrence, anchor, until < last ? until : last)].flatMap((date) => {
    const instant = firstShown(date, time, timeZone);
    return instant === undefined ? [] : [instant];
  });
}

/** The day of the first HH:MM strictly after the resume that the cycle names, in whichever week or month. */
export function bruteResumeAnchor(
  recurrence: Recurrence,
  resumedAt: number,
  last: string,
): string | undefined {
  const { from, until = last, time, timeZone } = recurrence;
  for (let date = from; date <= until && date <= last; date = nextDay(date)) {
    if (!isNamed(date, recurrence)) continue;
    const instant = firstShown(date, time, timeZone);
    if (instant !== undefined && instant > resumedAt) return date;
  }
  return undefined;
}
