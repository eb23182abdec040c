import { MINUTE_MS } from '../../shared/durations.ts';

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
