/** The hours in which advertising needs a consent of its own (spec §4). Pure. */
import { Temporal } from 'temporal-polyfill';
import { localInstant } from '../../shared/local-time.ts';
import type { NightWindow } from './law/law.ts';

/** Windows begin and end on whole minutes, so that HH:MM is all there is to compare. */
const minuteOf = (at: Temporal.ZonedDateTime): string =>
  at.toPlainTime().toString({ smallestUnit: 'minute' });

function isNight({ from, until }: NightWindow, at: Temporal.ZonedDateTime): boolean {
  const minute = minuteOf(at);
  return from > until ? minute >= from || minute < until : minute >= from && minute < until;
}

/** When the clock shows the end of the window next, as it runs now. */
function morningAfter({ until }: NightWindow, at: Temporal.ZonedDateTime): Temporal.ZonedDateTime {
  const date = at.toPlainDate().add({ days: minuteOf(at) < until ? 0 : 1 });
  const local = date.toPlainDateTime(until);
  const first = localInstant(local, at.timeZoneId);
  if (first.epochMilliseconds > at.epochMilliseconds) return first;
  // The clocks were put back meanwhile: they show it a second time.
  return local.toZonedDateTime(at.timeZoneId, { disambiguation: 'later' });
}

/**
 * The first instant after `now` (epoch milliseconds) that is outside the window by the clocks of `zone` (IANA); undefined
 * when `now` is. Where clocks are changed in the night, the night ends when they say so.
 */
export function nightEnd(window: NightWindow, zone: string, now: number): number | undefined {
  let at = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(zone);
  if (!isNight(window, at)) return undefined;
  while (isNight(window, at)) {
    const morning = morningAfter(window, at);
    const change = at.getTimeZoneTransition('next');
    at = change && change.epochMilliseconds < morning.epochMilliseconds ? change : morning;
  }
  return at.epochMilliseconds;
}
