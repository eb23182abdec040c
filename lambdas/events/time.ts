/** Times of events: reading what clients send, writing what the lake reads. Pure. */

import { DAY_MS, HOUR_MS } from '../shared/durations.ts';

export { DAY_MS, HOUR_MS };

/** The last instant that is written with a four-digit year. */
const LAST_MS = Date.UTC(9999, 11, 31, 23, 59, 59, 999);
/** Numbers below are seconds (until the year 5138), from here on milliseconds (since March 1973). */
const FIRST_MILLISECONDS = 100_000_000_000;

const ISO =
  /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d)(?::(\d\d)(?:[.,](\d+))?)?([Zz]|([+-])(\d\d)(?::?(\d\d))?)$/;

/**
 * The instant, in epoch milliseconds, of ISO 8601 text with a zone, epoch seconds or epoch milliseconds (spec §1);
 * finer fractions are cut. Undefined when it is none of them, e.g. without a zone or on 30 February.
 */
export function parseInstant(value: string | number): number | undefined {
  const ms = typeof value === 'number' ? ofNumber(value) : ofText(value);
  return ms >= 0 && ms <= LAST_MS ? ms : undefined;
}

/**
 * As JavaScript's own toISOString writes it, which is what most clients send. Days from the 29th on, which a month may not
 * have, go the long way.
 */
const WRITTEN =
  /^[1-9]\d{3}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d\.\d{3}Z$/;

const ofNumber = (value: number): number =>
  Math.floor(Math.abs(value) < FIRST_MILLISECONDS ? value * 1000 + 1e-4 : value);

function ofText(text: string): number {
  if (WRITTEN.test(text)) return ofWritten(text);
  const match = ISO.exec(text);
  if (match === null) return Number.NaN;
  const [, year, month, day, hour, minute, second = '0', fraction = '', , sign, zoneHour, zoneMinute = '0'] =
    match;
  const monthIndex = Number(month) - 1;
  if (Number(hour) > 23 || Number(minute) > 59 || Number(second) > 59) return Number.NaN;
  if (!isDay(Number(year), monthIndex, Number(day))) return Number.NaN;
  const local = Date.UTC(
    Number(year),
    monthIndex,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
    Number(fraction.slice(0, 3).padEnd(3, '0')),
  );
  return sign === undefined ? local : local - offsetMs(sign, Number(zoneHour), Number(zoneMinute));
}

/** The digits stand where they stand: Date.parse takes twice the time, since it looks for them. */
const ofWritten = (text: string): number =>
  Date.UTC(
    pair(text, 0) * 100 + pair(text, 2),
    pair(text, 5) - 1,
    pair(text, 8),
    pair(text, 11),
    pair(text, 14),
    pair(text, 17),
    digit(text, 20) * 100 + pair(text, 21),
  );

const digit = (text: string, at: number): number => text.charCodeAt(at) - 48;
const pair = (text: string, at: number): number => digit(text, at) * 10 + digit(text, at + 1);

/** Date.UTC takes years below 100 for such of the twentieth century. */
const isDay = (year: number, monthIndex: number, day: number): boolean =>
  year >= 100 &&
  monthIndex >= 0 &&
  monthIndex <= 11 &&
  day >= 1 &&
  (day <= 28 || day <= new Date(Date.UTC(year, monthIndex + 1, 0)).getUTCDate());

function offsetMs(sign: string, hours: number, minutes: number): number {
  if (hours > 23 || minutes > 59) return Number.NaN;
  return (sign === '-' ? -1 : 1) * (hours * HOUR_MS + minutes * 60_000);
}

const days = new Map<number, string>();
const MANY_DAYS = 4096;

/** `YYYY-MM-DD` of a UTC day, counted from 1970-01-01. */
export function dayText(day: number): string {
  const known = days.get(day);
  if (known !== undefined) return known;
  if (days.size >= MANY_DAYS) days.clear();
  const text = new Date(day * DAY_MS).toISOString().slice(0, 10);
  days.set(day, text);
  return text;
}

export const dayOf = (ms: number): number => Math.floor(ms / DAY_MS);

const two = (value: number): string => (value < 10 ? `0${value}` : `${value}`);
const three = (value: number): string => (value < 100 ? `0${two(value)}` : `${value}`);

/** `lakeTimestamp` of an instant as it was sent: what is written so already is only cut. */
export const sentTimestamp = (sent: string | number, ms: number): string =>
  typeof sent === 'string' && WRITTEN.test(sent)
    ? `${sent.slice(0, 10)} ${sent.slice(11, 23)}`
    : lakeTimestamp(ms);

/** `YYYY-MM-DD HH:MM:SS.mmm` in UTC: what Firehose and Athena both read as a timestamp. */
export function lakeTimestamp(ms: number): string {
  const day = dayOf(ms);
  const inDay = ms - day * DAY_MS;
  const hour = Math.floor(inDay / HOUR_MS);
  const minute = Math.floor(inDay / 60_000) % 60;
  const second = Math.floor(inDay / 1000) % 60;
  return `${dayText(day)} ${two(hour)}:${two(minute)}:${two(second)}.${three(inDay % 1000)}`;
}
