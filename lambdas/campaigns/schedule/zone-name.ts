import { Temporal } from 'temporal-polyfill';
import { unlessOutOfRange } from '../../shared/local-time.ts';
import { nearest } from '../../shared/nearest.ts';

/** A name of the tz database; offsets and ISO 8601 text, which Temporal takes for zones too, are none: they know no DST. */
const NAME = /^[A-Za-z][\w+/-]*$/;

/** Names that Temporal takes and `Intl.supportedValuesOf` does not list, where people are likely to mean them. */
const ALIASES = [
  ...['UTC', 'GMT', 'ROK', 'PRC', 'Japan', 'Hongkong', 'Singapore'],
  ...['US/Eastern', 'US/Central', 'US/Mountain', 'US/Pacific', 'US/Hawaii'],
  ...['Asia/Kolkata', 'Asia/Kathmandu', 'Asia/Yangon', 'Asia/Ho_Chi_Minh', 'Europe/Kyiv'],
];

/** What people write for a place. They are no IANA names. */
const ABBREVIATED: readonly (readonly [string, string])[] = [
  ['KST', 'Asia/Seoul'],
  ['JST', 'Asia/Tokyo'],
  ['PST', 'America/Los_Angeles'],
];

/** The zone of an IANA name, whatever its case, as the name is written; undefined if there is none. */
export const zoneNamed = (text: string): string | undefined =>
  NAME.test(text)
    ? unlessOutOfRange(() => Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(text).timeZoneId)
    : undefined;

const placeOf = (zone: string): string => zone.slice(zone.lastIndexOf('/') + 1);

/** Up to three zones that `text` may mean, best first. A place without its region ("Seoul", "New York") is one's place. */
export function zonesLike(text: string): string[] {
  const zones = [...new Set([...Intl.supportedValuesOf('timeZone'), ...ALIASES])];
  if (text.includes('/')) return nearest(text, zones);
  const byPlace = new Map([...zones.map((zone) => [placeOf(zone), zone] as const), ...ABBREVIATED]);
  return nearest(text.replaceAll(' ', '_'), byPlace.keys()).flatMap((place) => byPlace.get(place) ?? []);
}
