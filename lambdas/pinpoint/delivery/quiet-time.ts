import type { QuietTime } from '@aws-sdk/client-pinpoint';
import { MINUTE_MS } from '../../shared/durations.ts';
import { fixedOffset, zoneOf } from '../../shared/time-zone.ts';

const TIME_OF_DAY = /^(?:[01]\d|2[0-3]):[0-5]\d$/;

/** What shows a zone's time of day, with the last minute it was asked for: a run asks the same a million times. */
interface Clock {
  readonly show: (at: number) => string;
  minute: number;
  timeOfDay: string;
}

const clocks = new Map<string, Clock>();

function clockOf(zone: string): Clock {
  const found = clocks.get(zone);
  if (found) return found;
  const clock = {
    show: offsetClock(zone) ?? namedClock(zone),
    minute: Number.NaN,
    timeOfDay: '',
  };
  clocks.set(zone, clock);
  return clock;
}

function offsetClock(zone: string): Clock['show'] | undefined {
  const offset = fixedOffset(zone);
  return offset === undefined ? undefined : (at) => new Date(at + offset).toISOString().slice(11, 16);
}

function namedClock(timeZone: string): Clock['show'] {
  const format = new Intl.DateTimeFormat('en', {
    timeZone,
    hour: '2-digit',
    minute: '2-digit',
    hourCycle: 'h23',
  });
  return (at) => format.format(at);
}

/** The `HH:MM` of the moment in the zone. Offsets change on whole minutes, so a minute has one time of day. */
function timeOfDayIn(zone: string, now: number): string {
  const clock = clockOf(zone);
  const minute = Math.floor(now / MINUTE_MS);
  if (clock.minute !== minute) {
    clock.timeOfDay = clock.show(minute * MINUTE_MS);
    clock.minute = minute;
  }
  return clock.timeOfDay;
}

/**
 * Whether `now` (epoch milliseconds) lies in the endpoint's quiet time: only if its zone (any Demographic.Timezone) is
 * valid and Start ≤ now ≤ End there (pinpoint.md §2.5). Both ends are `HH:MM` and count as whole minutes; a Start after
 * the End begins on the evening before. Without two such ends there is no quiet time.
 */
export function isQuiet(now: number, zone: string | undefined, quiet: QuietTime | undefined): boolean {
  const { Start: start, End: end } = quiet ?? {};
  if (zone === undefined || start === undefined || end === undefined) return false;
  if (!TIME_OF_DAY.test(start) || !TIME_OF_DAY.test(end)) return false;
  const found = zoneOf(zone);
  if (found === undefined) return false;
  const time = timeOfDayIn(found, now);
  return start <= end ? start <= time && time <= end : start <= time || time <= end;
}
