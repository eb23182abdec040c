/** A name of the tz database; ISO 8601 text, which Temporal takes for a zone too, is none. */
const NAME = /^[A-Za-z][\w+/-]*$/;
/** `UTC+09:00`, `+0900`, `GMT+9` (Android's), `-03`. */
const OFFSET = /^(?:UTC|GMT)?([+-])(\d{1,2})(?::?([0-5]\d))?$/i;
/** No place on earth is further from UTC than this. */
const [MIN_OFFSET, MAX_OFFSET] = [-12 * 60, 14 * 60];
const MINUTE_MS = 60_000;

/** Values of endpoints may be anything, so there is an end to what is remembered: the tz database has some 600 names. */
const MAX_KNOWN = 2_000;
const known = new Map<string, string | undefined>();

/**
 * The zone that a Demographic.Timezone names: a name of the tz database (`Asia/Seoul`) or an offset (`UTC+09:00`,
 * `+0900`), as `Asia/Seoul` or `+09:00`. Undefined when it names none.
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

/** What Schedule.Timezone of a campaign may be (the Pinpoint model's own list). */
export const SCHEDULE_TIMEZONES: readonly string[] = [
  ...['UTC', 'UTC+01', 'UTC+02', 'UTC+03', 'UTC+03:30', 'UTC+04', 'UTC+04:30', 'UTC+05', 'UTC+05:30'],
  ...['UTC+05:45', 'UTC+06', 'UTC+06:30', 'UTC+07', 'UTC+08', 'UTC+09', 'UTC+09:30', 'UTC+10', 'UTC+10:30'],
  ...['UTC+11', 'UTC+12', 'UTC+13', 'UTC-02', 'UTC-03', 'UTC-04', 'UTC-05', 'UTC-06', 'UTC-07', 'UTC-08'],
  ...['UTC-09', 'UTC-10', 'UTC-11'],
];

const OFFSETS = new Map(
  SCHEDULE_TIMEZONES.map((timezone) => {
    const [, sign = '', hours = '0', minutes = '0'] = /([+-])(\d\d)(?::(\d\d))?$/.exec(timezone) ?? [];
    return [timezone, (sign === '-' ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) * MINUTE_MS];
  }),
);

/** The offset from UTC, in milliseconds to the east, of a Schedule.Timezone; undefined when it is not one of the list. */
export const offsetOf = (timezone: string): number | undefined => OFFSETS.get(timezone);
