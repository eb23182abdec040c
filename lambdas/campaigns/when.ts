import { Temporal } from 'temporal-polyfill';

const TIME = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d([.,]\d+)?)?(?<zone>[Zz]|[+-]\d\d(:?\d\d)?)?$/;

/**
 * The instant of ISO 8601 text with a zone, or of local time in `timeZone` (IANA), in epoch milliseconds; undefined when
 * it is neither. A local time that does not exist is the first instant after the gap, one that exists twice the first (spec §4).
 */
export function instantOf(text: string, timeZone: string): number | undefined {
  const match = TIME.exec(text);
  if (!match) return undefined;
  try {
    if (match.groups?.['zone'] !== undefined) return Temporal.Instant.from(text).epochMilliseconds;
    return localInstant(Temporal.PlainDateTime.from(text), timeZone).epochMilliseconds;
  } catch (cause) {
    // Temporal throws a RangeError for a 13th month; anything else is a fault of ours.
    if (cause instanceof RangeError) return undefined;
    throw cause;
  }
}

function localInstant(local: Temporal.PlainDateTime, timeZone: string): Temporal.ZonedDateTime {
  const zoned = local.toZonedDateTime(timeZone, { disambiguation: 'earlier' });
  if (zoned.toPlainDateTime().equals(local)) return zoned;
  // In a gap `earlier` is as long before the gap as the local time is into it: the next transition is the gap's end.
  return zoned.getTimeZoneTransition('next') ?? zoned;
}
