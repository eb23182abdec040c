import type { DateValue } from '../../shared/iso-date.ts';
import { fixedOffset, zoneOf } from '../../shared/time-zone.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** When a rule is judged, and whose days its days are. */
export interface Moment {
  /** Epoch milliseconds. */
  readonly now: number;
  /** IANA. */
  readonly timeZone: string;
}

/** Whoever asks asks for many instants in one zone; making a format is a thousand times the work of using it. */
const formats = new Map<string, Intl.DateTimeFormat>();
function formatOf(timeZone: string): Intl.DateTimeFormat {
  let format = formats.get(timeZone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en', {
      timeZone,
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      era: 'short',
    });
    formats.set(timeZone, format);
  }
  return format;
}

/** The local day of an instant, as days since 1970-01-01. */
export function localDay(ms: number, timeZone: string): number {
  const offset = fixedOffset(timeZone);
  if (offset !== undefined) return Math.floor((ms + offset) / DAY_MS);
  if (timeZone === 'UTC') return Math.floor(ms / DAY_MS);
  const parts = formatOf(timeZone).formatToParts(ms);
  const part = (type: string): string => parts.find((one) => one.type === type)?.value ?? '';
  const year = part('era') === 'BC' ? 1 - Number(part('year')) : Number(part('year'));
  return Date.UTC(year, Number(part('month')) - 1, Number(part('day'))) / DAY_MS;
}

const todays = new WeakMap<Moment, number>();

/** The local day it is, remembered by the moment: a scan asks it for every member. */
export function today(moment: Moment): number {
  let day = todays.get(moment);
  if (day === undefined) {
    day = localDay(moment.now, zoneOf(moment.timeZone) ?? moment.timeZone);
    todays.set(moment, day);
  }
  return day;
}

/** The day a date lies on in the zone of the moment. */
export const dayOf = (date: DateValue, moment: Moment): number =>
  'day' in date ? date.day : localDay(date.ms, moment.timeZone);
