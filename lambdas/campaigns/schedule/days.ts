/** Calendar days as numbers, 1970-01-01 being 0: cycles are sums over them, in no zone. */
export const DAY_MS = 86_400_000;

const DATE = /^(\d{4})-(\d\d)-(\d\d)$/;

/** The day of a YYYY-MM-DD from 1970 on; undefined if there is no such day. */
export function dayOf(date: string): number | undefined {
  const [, year, month, day] = DATE.exec(date) ?? [];
  if (year === undefined || Number(year) < 1970) return undefined;
  const ms = Date.UTC(Number(year), Number(month) - 1, Number(day));
  // Date carries 02-30 over to March.
  return dateOf(ms / DAY_MS) === date ? ms / DAY_MS : undefined;
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
