import { MINUTE_MS } from './durations.ts';

/** A name of the tz database; ISO 8601 text, which Temporal takes for a zone too, is none. */
const NAME = /^[A-Za-z][\w+/-]*$/;
/** `UTC+09:00`, `+0900`, `GMT+9` (Android's), `-03`. */
const OFFSET = /^(?:UTC|GMT)?([+-])(\d{1,2})(?::?([0-5]\d))?$/i;
/** No place on earth is further from UTC than this. */
const [MIN_OFFSET, MAX_OFFSET] = [-12 * 60, 14 * 60];

/** Values may be anything, so there is an end to what is remembered: the tz database has some 600 names. */
const MAX_KNOWN = 2_000;
const known = new Map<string, string | undefined>();

/**
 * The zone that a text names: a name of the tz database (`Asia/Seoul`) or an offset (`UTC+09:00`, `+0900`), as
 * `Asia/Seoul` or `+09:00`. Undefined when it names none.
 */
export function zoneOf(timezone: string | undefined): string | undefined {
  if (timezone === undefined) return undefined;
  const found = known.get(timezone);
  if (found !== undefined || known.has(timezone)) return found;
  if (known.size >= MAX_KNOWN) known.clear();
  const zone = parsed(timezone);
  known.set(timezone, zone);
  return zone;
}

function parsed(timezone: string): string | undefined {
  const match = OFFSET.exec(timezone);
  if (match) return offsetZone(match);
  return NAME.test(timezone) ? namedZone(timezone) : undefined;
}

function offsetZone([, sign = '+', hours = '0', minutes = '00']: RegExpExecArray): string | undefined {
  const offset = (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes));
  if (offset < MIN_OFFSET || offset > MAX_OFFSET) return undefined;
  return `${sign}${hours.padStart(2, '0')}:${minutes}`;
}

/** Intl throws a RangeError for a zone that there is not; anything else is a fault of ours. */
function namedZone(timeZone: string): string | undefined {
  try {
    return new Intl.DateTimeFormat('en', { timeZone }).resolvedOptions().timeZone;
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Milliseconds that the clocks of an offset zone (`+09:00`) are ahead of UTC; undefined for a named zone. */
export function fixedOffset(zone: string): number | undefined {
  if (!/^[+-]/.test(zone)) return undefined;
  const [hours = 0, minutes = 0] = zone.slice(1).split(':').map(Number);
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * MINUTE_MS;
}
