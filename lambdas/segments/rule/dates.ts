import { fixedOffset, zoneOf } from '../../shared/time-zone.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** When a rule is judged, and whose days its days are. */
export interface Moment {
  /** Epoch milliseconds. */
  readonly now: number;
  /** IANA. */
  readonly timeZone: string;
}

/** A calendar day as days since 1970-01-01, or an instant in epoch milliseconds. */
export type DateValue = { readonly day: number } | { readonly ms: number };

const DAY = /^\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])/;
const TIME = /^T\d\d:?\d\d.*(?:Z|[+-]\d\d:?\d\d)$/;

/** `YYYY-MM-DD` as days since 1970-01-01; undefined when there is no such day. */
export function dayNumber(text: string): number | undefined {
  if (text.length !== 10 || !DAY.test(text)) return undefined;
  const ms = Date.parse(text);
  // Some engines take February 30 for March 2.
  return Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 10) !== text ? undefined : ms / DAY_MS;
}

/** `YYYY-MM-DD` of days since 1970-01-01. */
export const dayText = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);

/** A day (YYYY-MM-DD), or a time with its zone (ISO 8601); undefined when the text is neither. */
export function dateOf(text: string): DateValue | undefined {
  const day = dayNumber(text.slice(0, 10));
  if (day === undefined) return undefined;
  if (text.length === 10) return { day };
  if (!TIME.test(text.slice(10))) return undefined;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : { ms };
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
