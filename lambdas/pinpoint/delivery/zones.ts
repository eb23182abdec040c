import type { QuietTime } from '@aws-sdk/client-pinpoint';
import { Temporal } from 'temporal-polyfill';

/** A name of the tz database; ISO 8601 text, which Temporal takes for a zone too, is none. */
const NAME = /^[A-Za-z][\w+/-]*$/;
/** `UTC+09:00`, `+0900`, `GMT+9` (Android's), `-03`. */
const OFFSET = /^(?:UTC|GMT)?([+-])(\d{1,2})(?::?([0-5]\d))?$/i;
/** No place on earth is further from UTC than this. */
const [MIN_OFFSET, MAX_OFFSET] = [-12 * 60, 14 * 60];
const WALL_CLOCK = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/;
const TIME_OF_DAY = /^(?:[01]\d|2[0-3]):[0-5]\d$/;
const MINUTE_MS = 60_000;

/** A zone, with what was asked of it last: a run asks the same of it a million times. */
interface Zone {
  /** As Temporal takes it: `Asia/Seoul`, `+09:00`. */
  readonly id: string;
  /** Minutes since the epoch, and the `HH:MM` that it is then. */
  minute: number;
  timeOfDay: string;
  wallClock: string;
  start: number | undefined;
}

/** Values of endpoints may be anything, so there is an end to what is remembered: the tz database has some 600 names. */
const MAX_KNOWN = 2_000;
const known = new Map<string, Zone | undefined>();

function lookedUp(timezone: string): Zone | undefined {
  const found = known.get(timezone);
  if (found !== undefined || known.has(timezone)) return found;
  if (known.size >= MAX_KNOWN) known.clear();
  const id = idOf(timezone);
  const zone =
    id === undefined ? undefined : { id, minute: Number.NaN, timeOfDay: '', wallClock: '', start: undefined };
  known.set(timezone, zone);
  return zone;
}

function idOf(timezone: string): string | undefined {
  const match = OFFSET.exec(timezone);
  if (match) return offsetIdOf(match);
  if (!NAME.test(timezone)) return undefined;
  return unlessOutOfRange(
    () => Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(timezone).timeZoneId,
  );
}

function offsetIdOf([, sign = '+', hours = '0', minutes = '00']: RegExpExecArray): string | undefined {
  const offset = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
  if (offset < MIN_OFFSET || offset > MAX_OFFSET) return undefined;
  return `${sign}${hours.padStart(2, '0')}:${minutes}`;
}

/** Temporal throws a RangeError for a zone or a date that there is not; anything else is a fault of ours. */
function unlessOutOfRange<Result>(compute: () => Result): Result | undefined {
  try {
    return compute();
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/**
 * The zone that a Demographic.Timezone names: a name of the tz database (`Asia/Seoul`) or an offset (`UTC+09:00`,
 * `+0900`), as `Asia/Seoul` or `+09:00`. Undefined when it names none.
 */
export const zoneOf = (timezone: string | undefined): string | undefined =>
  timezone === undefined ? undefined : lookedUp(timezone)?.id;

/** The `HH:MM` of the moment in the zone. Offsets change on whole minutes, so a minute has one time of day. */
function timeOfDayIn(zone: Zone, now: number): string {
  const minute = Math.floor(now / MINUTE_MS);
  if (zone.minute !== minute) {
    const local = Temporal.Instant.fromEpochMilliseconds(minute * MINUTE_MS).toZonedDateTimeISO(zone.id);
    zone.timeOfDay = local.toPlainTime().toString({ smallestUnit: 'minute' });
    zone.minute = minute;
  }
  return zone.timeOfDay;
}

/**
 * Whether `now` (epoch milliseconds) lies in the endpoint's quiet time: only if its zone (any Demographic.Timezone) is
 * valid and Start ≤ now ≤ End there (pinpoint.md §2.5). Both ends are `HH:MM` and count as whole minutes; a Start after
 * the End begins on the evening before. Without two such ends there is no quiet time.
 */
export function isQuiet(now: number, zone: string | undefined, quiet: QuietTime | undefined): boolean {
  const { Start: start, End: end } = quiet ?? {};
  if (zone === undefined || start === undefined || end === undefined) return false;
  if (!TIME_OF_DAY.test(start) || !TIME_OF_DAY.test(end)) return false;
  const found = lookedUp(zone);
  if (found === undefined) return false;
  const time = timeOfDayIn(found, now);
  return start <= end ? start <= time && time <= end : start <= time || time <= end;
}

/**
 * When the clocks of the zone (any Demographic.Timezone) show `wallClock` (`YYYY-MM-DDTHH:MM:SS`), in epoch
 * milliseconds: the first instant after the gap if they never do, the first time if they do twice. Undefined when there
 * is no such zone or date.
 */
export function localStart(wallClock: string, zone: string): number | undefined {
  const found = lookedUp(zone);
  if (found === undefined) return undefined;
  if (found.wallClock !== wallClock) {
    found.start = WALL_CLOCK.test(wallClock)
      ? unlessOutOfRange(() => instantOf(Temporal.PlainDateTime.from(wallClock), found.id).epochMilliseconds)
      : undefined;
    found.wallClock = wallClock;
  }
  return found.start;
}

function instantOf(local: Temporal.PlainDateTime, zone: string): Temporal.ZonedDateTime {
  const zoned = local.toZonedDateTime(zone, { disambiguation: 'earlier' });
  if (zoned.toPlainDateTime().equals(local)) return zoned;
  // In a gap `earlier` is as long before the gap as the local time is into it: the next transition is the gap's end.
  return zoned.getTimeZoneTransition('next') ?? zoned;
}

/** What Schedule.Timezone of a campaign may be (the Pinpoint model's own list). */
export const SCHEDULE_TIMEZONES: readonly string[] = [
  ...['UTC', 'UTC+01', 'UTC+02', 'UTC+03', 'UTC+03:30', 'UTC+04', 'UTC+04:30', 'UTC+05', 'UTC+05:30'],
  ...['UTC+05:45', 'UTC+06', 'UTC+06:30', 'UTC+07', 'UTC+08', 'UTC+09', 'UTC+09:30', 'UTC+10', 'UTC+10:30'],
  ...['UTC+11', 'UTC+12', 'UTC+13', 'UTC-02', 'UTC-03', 'UTC-04', 'UTC-05', 'UTC-06', 'UTC-07', 'UTC-08'],
  ...['UTC-09', 'UTC-10', 'UTC-11'],
];

const OFFSETS = new Map(
  SCHEDULE_TIMEZONES.map((timezone) => {
    const [, sign = '', hours = '0', minutes = '0'] = /([+-])(\d\d)(?::(\d\d))?$/.exec(timezone) ?? [];
    return [timezone, (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * MINUTE_MS];
  }),
);

/** The offset from UTC, in milliseconds to the east, of a Schedule.Timezone; undefined when it is not one of the list. */
export const offsetOf = (timezone: string): number | undefined => OFFSETS.get(timezone);
