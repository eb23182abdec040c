/** Calendar days as numbers, 1970-01-01 being 0: cycles are sums over them, in no zone. */
import { DAY_MS } from '../../shared/durations.ts';

const DATE = /^(?:19[7-9]|[2-9]\d\d)\d-(?:0[1-9]|1[0-2])-\d\d$/;

/** The day of a YYYY-MM-DD from 1970 on; undefined if there is no such day. */
export function dayOf(date: string): number | undefined {
  if (!DATE.test(date)) return undefined;
  const dayOfMonth = Number(date.slice(8));
  const ms = Date.UTC(Number(date.slice(0, 4)), Number(date.slice(5, 7)) - 1, dayOfMonth);
  // Date carries February 30 over to March.
  return new Date(ms).getUTCDate() === dayOfMonth ? ms / DAY_MS : undefined;
}

/** YYYY-MM-DD, for days from 1970 to 9999. */
export const dateOf = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);

/** 0 is Sunday; 1970-01-01 was a Thursday. */
export const weekdayOf = (day: number): number => (day + 4) % 7;

/** Months as numbers: 0 is January 1970. */
export function monthOf(day: number): number {
  const date = new Date(day * DAY_MS);
  return (date.getUTCFullYear() - 1970) * 12 + date.getUTCMonth();
}

export const firstOfMonth = (month: number): number => Date.UTC(1970, month, 1) / DAY_MS;
