import { Temporal } from 'temporal-polyfill';
import { DAY_MS } from '../../shared/durations.ts';

/** A stretch of time in which the clocks of a zone keep one offset: [startMs, endMs), epoch milliseconds. */
interface Period {
  readonly startMs: number;
  readonly endMs: number;
  readonly offsetMs: number;
}

/** What was asked of Temporal already. It never changes: a zone's rules are fixed for as long as the process runs. */
const known = new Map<string, Period[]>();

/**
 * When the clocks of `zone` (an IANA name) show `localMs`, which is that local time as if it were UTC: the first instant
 * after the gap if they never do, the first of two if they do twice, undefined if the day itself is skipped (spec §4).
 * The rule of `localInstant`, without making objects once the zone's period is known. RangeError for no zone.
 */
export function instantOnClock(localMs: number, zone: string): number | undefined {
  // No zone is a day ahead of UTC, so that nowhere the clocks have reached the local time by then.
  let period = periodAt(localMs - DAY_MS, zone);
  while (localMs - period.offsetMs >= period.endMs) {
    const next = periodAt(period.endMs, zone);
    if (localMs - next.offsetMs < next.startMs)
      return skipsDayOf(localMs, period, next) ? undefined : next.startMs;
    period = next;
  }
  return localMs - period.offsetMs;
}

/** Whether no clock ever shows any time of the day of `localMs`, as 2011-12-30 in Pacific/Apia. */
function skipsDayOf(localMs: number, before: Period, after: Period): boolean {
  const midnight = Math.floor(localMs / DAY_MS) * DAY_MS;
  const [lastShown, firstShown] = [before.endMs + before.offsetMs, after.startMs + after.offsetMs];
  return lastShown <= midnight && firstShown >= midnight + DAY_MS;
}

/** What the clocks of `zone` show at an instant, as if it were UTC. */
export const clockAt = (instantMs: number, zone: string): number =>
  instantMs + periodAt(instantMs, zone).offsetMs;

function periodAt(instantMs: number, zone: string): Period {
  const periods = known.get(zone) ?? [];
  let [low, high] = [0, periods.length];
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((periods[middle]?.startMs ?? 0) <= instantMs) low = middle + 1;
    else high = middle;
  }
  const found = periods[low - 1];
  if (found && instantMs < found.endMs) return found;
  const period = askedPeriod(instantMs, zone);
  periods.splice(low, 0, period);
  known.set(zone, periods);
  return period;
}

function askedPeriod(instantMs: number, zone: string): Period {
  const at = Temporal.Instant.fromEpochMilliseconds(instantMs).toZonedDateTimeISO(zone);
  // `previous` is strictly before: a millisecond later, it is also the transition at this very instant.
  const start = at.add({ milliseconds: 1 }).getTimeZoneTransition('previous');
  return {
    startMs: start?.epochMilliseconds ?? Number.NEGATIVE_INFINITY,
    endMs: at.getTimeZoneTransition('next')?.epochMilliseconds ?? Number.POSITIVE_INFINITY,
    offsetMs: at.offsetNanoseconds / 1e6,
  };
}
