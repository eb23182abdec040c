import { Temporal } from 'temporal-polyfill';
import { localInstant, unlessOutOfRange } from '../../shared/local-time.ts';
import { zoneOf } from '../../shared/time-zone.ts';

const WALL_CLOCK = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d$/;

/**
 * When the clocks of the zone (any Demographic.Timezone) show `wallClock` (`YYYY-MM-DDTHH:MM:SS`), in epoch
 * milliseconds: the first instant after the gap if they never do, the first time if they do twice. Undefined when there
 * is no such zone or date.
 */
export function localStart(wallClock: string, zone: string): number | undefined {
  const found = zoneOf(zone);
  if (found === undefined || !WALL_CLOCK.test(wallClock)) return undefined;
  return unlessOutOfRange(
    () => localInstant(Temporal.PlainDateTime.from(wallClock), found).epochMilliseconds,
  );
}
