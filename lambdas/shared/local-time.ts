import type { Temporal } from 'temporal-polyfill';

/**
 * When the clocks of `zone` (an IANA name or an offset) show the local time: the first instant after the gap if they
 * never do, the first time if they do twice (spec §4).
 */
export function localInstant(local: Temporal.PlainDateTime, zone: string): Temporal.ZonedDateTime {
  const zoned = local.toZonedDateTime(zone, { disambiguation: 'earlier' });
  if (zoned.toPlainDateTime().equals(local)) return zoned;
  // In a gap `earlier` is as long before the gap as the local time is into it: the next transition is the gap's end.
  return zoned.getTimeZoneTransition('next') ?? zoned;
}

/** Temporal throws a RangeError for a zone or a date that there is not; anything else is a fault of ours. */
export function unlessOutOfRange<Result>(compute: () => Result): Result | undefined {
  try {
    return compute();
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}
