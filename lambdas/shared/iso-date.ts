const DAY_MS = 24 * 60 * 60 * 1000;

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
