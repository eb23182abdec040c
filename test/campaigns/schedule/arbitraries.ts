import fc from 'fast-check';
import { type Cycle, type Recurrence, WEEKDAYS } from '../../../lambdas/campaigns/schedule/schedule.ts';

/** Days around which the clocks or the calendar of a zone did something out of the ordinary. */
export const ODD_DAYS = [
  { timeZone: 'America/New_York', day: '2026-03-08', what: 'gap 02:00–03:00' },
  { timeZone: 'America/New_York', day: '2026-11-01', what: '01:00–02:00 twice' },
  { timeZone: 'Europe/London', day: '2027-03-28', what: 'gap 01:00–02:00' },
  { timeZone: 'Europe/London', day: '2026-10-25', what: '01:00–02:00 twice' },
  { timeZone: 'Australia/Lord_Howe', day: '2026-10-04', what: 'gap 02:00–02:30' },
  { timeZone: 'Australia/Lord_Howe', day: '2027-04-04', what: '01:30–02:00 twice' },
  { timeZone: 'America/Sao_Paulo', day: '2018-11-04', what: 'gap 00:00–01:00' },
  { timeZone: 'America/Sao_Paulo', day: '2018-02-17', what: '23:00–24:00 twice' },
  { timeZone: 'Asia/Beirut', day: '2026-03-29', what: 'gap 00:00–01:00' },
  { timeZone: 'Asia/Pyongyang', day: '2018-05-04', what: 'gap 23:30–24:00' },
  { timeZone: 'Asia/Pyongyang', day: '2015-08-14', what: '23:30–24:00 twice' },
  { timeZone: 'America/Nuuk', day: '2024-03-30', what: 'gap 22:00–23:00' },
  { timeZone: 'Antarctica/Troll', day: '2026-03-29', what: 'gap 01:00–03:00' },
  { timeZone: 'Antarctica/Casey', day: '2020-10-04', what: 'gap 00:01–03:01' },
  { timeZone: 'Africa/Casablanca', day: '2026-02-15', what: '02:00–03:00 twice, for Ramadan' },
  { timeZone: 'Pacific/Apia', day: '2011-12-30', what: 'no such day' },
  { timeZone: 'Pacific/Kiritimati', day: '1994-12-31', what: 'no such day' },
  { timeZone: 'Pacific/Kwajalein', day: '1993-08-21', what: 'no such day' },
] as const;

const ORDINARY_ZONES = ['Asia/Seoul', 'UTC', 'Asia/Kathmandu', 'Pacific/Kiritimati', 'Etc/GMT+12'];

export const addDays = (date: string, days: number): string =>
  new Date(Date.parse(`${date}T00:00Z`) + days * 86_400_000).toISOString().slice(0, 10);

const twoDigits = (number: number): string => String(number).padStart(2, '0');

/** HH:MM, often near midnight or in the hours in which clocks are changed. */
export const time = fc
  .tuple(
    fc.oneof(fc.constantFrom(0, 1, 2, 3, 22, 23), fc.integer({ min: 0, max: 23 })),
    fc.oneof(fc.constantFrom(0, 1, 15, 30, 45, 59), fc.integer({ min: 0, max: 59 })),
  )
  .map(([hours, minutes]) => `${twoDigits(hours)}:${twoDigits(minutes)}`);

const every = (most: number) => fc.oneof(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: most }));

export const cycle: fc.Arbitrary<Cycle> = fc.oneof(
  fc.record({ unit: fc.constant('day' as const), every: every(40) }),
  fc.record({
    unit: fc.constant('week' as const),
    every: every(9),
    weekdays: fc.subarray([...WEEKDAYS], { minLength: 1 }),
  }),
  fc.record({
    unit: fc.constant('month' as const),
    every: every(13),
    day: fc.oneof(
      fc.constantFrom<(number | 'last')[]>('last', 28, 29, 30, 31),
      fc.integer({ min: 1, max: 31 }),
    ),
  }),
);

/** A day within `span` days of a leap day, of the end of a year, or of a change of clocks in the zone. */
const place = (span: number) =>
  fc
    .oneof(
      fc.constantFrom(...ODD_DAYS),
      fc.record({
        timeZone: fc.constantFrom(...ORDINARY_ZONES),
        day: fc.constantFrom('2000-02-29', '2024-02-29', '2026-12-31', '2100-02-28', '2027-10-30'),
      }),
    )
    .chain(({ timeZone, day }) =>
      fc.integer({ min: -span, max: 3 }).map((days) => ({ timeZone, from: addDays(day, days) })),
    );

/** Recurrences that begin up to `span` days before something odd, some of them with an end. */
export const recurrence = (span: number): fc.Arbitrary<Recurrence> =>
  fc
    .tuple(place(span), cycle, time, fc.option(fc.integer({ min: 0, max: 3 * span }), { nil: undefined }))
    .map(([at, of, hhmm, length]) => ({
      cycle: of,
      time: hhmm,
      ...at,
      ...(length === undefined ? {} : { until: addDays(at.from, length) }),
    }));
