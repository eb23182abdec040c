import { DAY_MS } from './durations.ts';

/** A calendar day as days since 1970-01-01, or an instant in epoch milliseconds. */
export type DateValue = { readonly day: number } | { readonly ms: number };

const TIME = /^T\d\d:?\d\d.*(?:Z|[+-]\d\d:?\d\d)$/;

const DAYS_OF_MONTH = [31, 29, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31];
const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;

/** Digits of the text from `start` up to `end` as a number; NaN when any is none. */
function digits(text: string, start: number, end: number): number {
  let number = 0;
  for (let at = start; at < end; at++) {
    const digit = text.charCodeAt(at) - 48;
    if (!(digit >= 0 && digit <= 9)) return Number.NaN;
    number = number * 10 + digit;
  }
  return number;
}

/** The day that a text begins with. A scan asks this of every member, so it makes no text and no Date of one. */
function leadingDay(text: string): number | undefined {
  if (text[4] !== '-' || text[7] !== '-') return undefined;
  const [year, month, day] = [digits(text, 0, 4), digits(text, 5, 7), digits(text, 8, 10)];
  if (!(year >= 0 && day >= 1 && day <= (DAYS_OF_MONTH[month - 1] ?? 0))) return undefined;
  if (day === 29 && month === 2 && !isLeap(year)) return undefined;
  // Date.UTC takes years below 100 for those of the twentieth century; the calendar repeats after 400.
  return Date.UTC(year + 400, month - 1, day) / DAY_MS - DAYS_OF_400_YEARS;
}
const DAYS_OF_400_YEARS = 146_097;

/** `YYYY-MM-DD` as days since 1970-01-01; undefined when there is no such day. */
export const dayNumber = (text: string): number | undefined =>
  text.length === 10 ? leadingDay(text) : undefined;

/** `YYYY-MM-DD` of days since 1970-01-01. */
export const dayText = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);

/** A day (YYYY-MM-DD), or a time with its zone (ISO 8601); undefined when the text is neither. */
export function dateOf(text: string): DateValue | undefined {
  const day = leadingDay(text);
  if (day === undefined) return undefined;
  if (text.length === 10) return { day };
  if (!TIME.test(text.slice(10))) return undefined;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : { ms };
}
