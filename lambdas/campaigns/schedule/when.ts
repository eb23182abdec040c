import { Temporal } from 'temporal-polyfill';
import { localInstant, unlessOutOfRange } from '../../shared/local-time.ts';

const TIME = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d([.,]\d+)?)?(?<zone>[Zz]|[+-]\d\d(:?\d\d)?)?$/;

/**
 * The instant of ISO 8601 text with a zone, or of local time in `timeZone` (IANA), in epoch milliseconds; undefined when
 * it is neither. A local time that does not exist is the first instant after the gap, one that exists twice the first (spec §4).
 */
export function instantOf(text: string, timeZone: string): number | undefined {
  const match = TIME.exec(text);
  if (!match) return undefined;
  return unlessOutOfRange(() =>
    match.groups?.['zone'] === undefined
      ? localInstant(Temporal.PlainDateTime.from(text), timeZone).epochMilliseconds
      : Temporal.Instant.from(text).epochMilliseconds,
  );
}
