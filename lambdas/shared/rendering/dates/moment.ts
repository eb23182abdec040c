import { fixedOffset } from '../../time-zone.ts';
import { remembered } from '../remembered.ts';

/** A moment as a zone's clocks and calendars show it. */
export interface Moment {
  /** The local date and time, as epoch milliseconds of the same date and time in UTC: its fields are read with `getUTC…`. */
  readonly local: Date;
  /** Milliseconds the clocks are ahead of UTC. */
  readonly offset: number;
  /** `Asia/Seoul` or `+09:00`. */
  readonly zone: string;
}

/** ISO 8601, as Pinpoint's own dates are: a date, or a date and time, with or without an offset. */
const ISO =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d{1,9}))?)?(?: ?(Z|[+-]\d\d(?::?\d\d)?))?)?$/;
const EPOCH_SECONDS = /^\d{10}$/;
const EPOCH_MILLISECONDS = /^\d{12,14}$/;

const calendarOf = remembered(
  (timeZone) =>
    new Intl.DateTimeFormat('en-US', {
      timeZone,
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
      second: 'numeric',
    }),
);

/** Offsets change on quarters of an hour, and a run's messages are all of one moment. */
const QUARTER_MS = 15 * 60_000;
const lastOf = remembered((): { quarter: number; offset: number } => ({ quarter: Number.NaN, offset: 0 }));

function offsetAt(zone: string, at: number): number {
  const fixed = fixedOffset(zone);
  if (fixed !== undefined) return fixed;
  const last = lastOf(zone);
  const quarter = Math.floor(at / QUARTER_MS);
  if (last.quarter !== quarter) {
    last.offset = calendarOffset(zone, quarter * QUARTER_MS);
    last.quarter = quarter;
  }
  return last.offset;
}

function calendarOffset(zone: string, at: number): number {
  const shown = Object.fromEntries(
    calendarOf(zone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const { year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0 } = shown;
  return Date.UTC(year, month - 1, day, hour, minute, second) - at;
}

/** The moment `at` (epoch milliseconds) in the zone. */
export function momentAt(at: number, zone: string): Moment {
  const offset = offsetAt(zone, at);
  return { local: new Date(at + offset), offset, zone };
}

/** The moment when the zone shows the local date and time (epoch milliseconds of the same in UTC). */
export function momentOfLocal(local: number, zone: string): Moment {
  const offset = offsetAt(zone, local - offsetAt(zone, local));
  return { local: new Date(local), offset, zone };
}

/** Milliseconds of `Z`, `+09`, `+0900`, `+09:00`. */
export const offsetOfText = (text: string): number =>
  text === 'Z' ? 0 : (fixedOffset(`${text.slice(0, 3)}:${text.slice(3).replace(':', '') || '00'}`) ?? 0);

/**
 * The moment that a text or number names: ISO 8601, or epoch seconds (10 digits) or milliseconds. Without an offset it is
 * local time in `zone`. Undefined when it names none.
 */
export function momentOf(text: string, zone: string): Moment | undefined {
  if (EPOCH_SECONDS.test(text)) return momentAt(Number(text) * 1000, zone);
  if (EPOCH_MILLISECONDS.test(text)) return momentAt(Number(text), zone);
  const [, ...fields] = ISO.exec(text.trim()) ?? [];
  if (fields.length === 0) return undefined;
  const [year, month, day, hour = 0, minute = 0, second = 0] = fields
    .slice(0, 6)
    .map((part) => Number(part ?? 0));
  const milliseconds = Math.floor(Number(`0.${fields[6] ?? 0}`) * 1000);
  const local = dateOf([year ?? 0, month ?? 0, day ?? 0, hour, minute, second, milliseconds]);
  if (local === undefined) return undefined;
  return fields[7] === undefined
    ? momentOfLocal(local, zone)
    : momentAt(local - offsetOfText(fields[7]), zone);
}

/** Epoch milliseconds of a date and time in UTC (year, month from 1, day, hour, minute, second, ms); undefined when there is no such day or time. */
export function dateOf([year, month, day, hour, minute, second, ms]: readonly [
  year: number,
  month: number,
  day: number,
  hour: number,
  minute: number,
  second: number,
  ms: number,
]): number | undefined {
  const at = new Date(0);
  at.setUTCFullYear(year, month - 1, day);
  at.setUTCHours(hour, minute, second, ms);
  const isThere =
    at.getUTCMonth() === month - 1 &&
    at.getUTCDate() === day &&
    at.getUTCHours() === hour &&
    at.getUTCMinutes() === minute &&
    at.getUTCSeconds() === second;
  return isThere ? at.getTime() : undefined;
}
