import { Temporal } from 'temporal-polyfill';
import { zoneOf } from '../delivery/zones.ts';

const WALL_CLOCK = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/;

/**
 * When the clocks of the zone (any Demographic.Timezone) show `wallClock` (`YYYY-MM-DDTHH:MM:SS`), in epoch
 * milliseconds: the first instant after the gap if they never do, the first time if they do twice. Undefined when there
 * is no such zone or date.
 */
export function localStart(wallClock: string, zone: string): number | undefined {
  const found = zoneOf(zone);
  if (found === undefined || !WALL_CLOCK.test(wallClock)) return undefined;
  return unlessOutOfRange(() => instantOf(Temporal.PlainDateTime.from(wallClock), found).epochMilliseconds);
}

/** Temporal throws a RangeError for a zone or a date that there is not; anything else is a fault of ours. */
function unlessOutOfRange<Result>(compute: () => Result): Result | undefined {
  try {
    return compute();
  } catch (error) {
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

function instantOf(local: Temporal.PlainDateTime, zone: string): Temporal.ZonedDateTime {
  const zoned = local.toZonedDateTime(zone, { disambiguation: 'earlier' });
  if (zoned.toPlainDateTime().equals(local)) return zoned;
  // In a gap `earlier` is as long before the gap as the local time is into it: the next transition is the gap's end.
  return zoned.getTimeZoneTransition('next') ?? zoned;
}
