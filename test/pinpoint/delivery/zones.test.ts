import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isQuiet } from '../../../lambdas/pinpoint/delivery/quiet-time.ts';
import { offsetOf, SCHEDULE_TIMEZONES } from '../../../lambdas/pinpoint/delivery/zones.ts';
import { localStart } from '../../../lambdas/pinpoint/runs/local-start.ts';
import { zoneOf } from '../../../lambdas/shared/time-zone.ts';
import { WHOLE } from '../../support/matrix.ts';

const SECOND = 1000;
const HOUR = 3_600 * SECOND;
const DAY = 24 * HOUR;

const ZONES = [
  'America/New_York',
  'Europe/London',
  'Pacific/Apia',
  'Australia/Lord_Howe',
  'America/St_Johns',
  'Asia/Gaza',
  'Asia/Kathmandu',
  'Asia/Seoul',
  'UTC',
];

const formats = new Map<string, Intl.DateTimeFormat>();
/** The wall clock of an instant as Intl tells it, `YYYY-MM-DDTHH:MM:SS`. */
function wallClockOf(at: number, timeZone: string): string {
  const format =
    formats.get(timeZone) ??
    new Intl.DateTimeFormat('sv-SE', {
      timeZone,
      dateStyle: 'short',
      timeStyle: 'medium',
    });
  formats.set(timeZone, format);
  return format.format(at).replace(' ', 'T');
}

const zone = fc.constantFrom(...ZONES);
const wholeSecond = fc
  .integer({ min: Date.UTC(1990) / SECOND, max: Date.UTC(2037) / SECOND })
  .map((seconds) => seconds * SECOND);
const timeOfDay = fc
  .integer({ min: 0, max: 1439 })
  .map((minutes) => new Date(minutes * 60_000).toISOString().slice(11, 16));

const shift = (at: number, timeZone: string): number => Date.parse(`${wallClockOf(at, timeZone)}Z`) - at;

/** The first instant after a change of the clock in the 400 days from `from`; undefined without one. */
function changeAfter(from: number, timeZone: string): number | undefined {
  let low = from;
  while (low < from + 400 * DAY && shift(low, timeZone) === shift(low + DAY, timeZone)) low += DAY;
  if (low >= from + 400 * DAY) return undefined;
  let high = low + DAY;
  while (high - low > SECOND) {
    const middle = Math.floor((low + high) / 2 / SECOND) * SECOND;
    if (shift(middle, timeZone) === shift(low, timeZone)) low = middle;
    else high = middle;
  }
  return high;
}

/** A wall clock, often within two hours of a change (and so often one that comes never or twice). */
const clockOf = (timeZone: string) =>
  fc
    .record({ from: wholeSecond, near: fc.boolean(), by: fc.integer({ min: -7_200, max: 7_200 }) })
    .map(({ from, near, by }) => {
      const change = near ? changeAfter(from, timeZone) : undefined;
      if (change === undefined) return wallClockOf(from, timeZone);
      const local = Date.parse(`${wallClockOf(change - SECOND, timeZone)}Z`);
      return new Date(local + by * SECOND).toISOString().slice(0, 19);
    });

describe('quiet time', () => {
  it('lasts from Start to End as the clocks of the zone show them', () => {
    fc.assert(
      fc.property(zone, wholeSecond, timeOfDay, timeOfDay, (timeZone, now, Start, End) => {
        const time = wallClockOf(now, timeZone).slice(11, 16);
        const expected = Start <= End ? Start <= time && time <= End : !(End < time && time < Start);
        expect(isQuiet(now, timeZone, { Start, End })).toBe(expected);
      }),
      { numRuns: WHOLE ? 1_500 : 200 },
    );
  });

  it.each([
    ['2026-11-01T12:59:59Z', false],
    ['2026-11-01T13:00:00Z', true],
    ['2026-11-01T18:00:00Z', true],
    ['2026-11-01T23:00:59Z', true],
    ['2026-11-01T23:01:00Z', false],
  ])('over midnight in Seoul, 22:00 to 08:00, at %s: %s', (at, expected) => {
    const quiet = { Start: '22:00', End: '08:00' };
    for (const spelling of ['Asia/Seoul', 'asia/seoul', 'UTC+09:00', '+0900', 'GMT+9', '+09'])
      expect(isQuiet(Date.parse(at), spelling, quiet)).toBe(expected);
  });

  it('is not kept by an endpoint without a valid zone', () => {
    const always = { Start: '00:00', End: '23:59' };
    expect(isQuiet(0, 'UTC', always)).toBe(true);
    for (const invalid of [undefined, '', 'Korea/Seoul', 'KST', 'UTC+15', '+9:60', '1970-01-01T00:00Z[UTC]'])
      expect([invalid, isQuiet(0, invalid, always)]).toEqual([invalid, false]);
  });

  it.each([
    undefined,
    {},
    { Start: '00:00' },
    { End: '23:59' },
    { Start: '0:00', End: '23:59' },
    { Start: '00:00', End: '24:00' },
  ])('is none without two times of day: %j', (quiet) => {
    expect(isQuiet(0, 'UTC', quiet)).toBe(false);
  });
});

describe('a local start', () => {
  it('is the first instant at which the clocks of the zone have come to the time', () => {
    const places = zone.chain((timeZone) => fc.tuple(fc.constant(timeZone), clockOf(timeZone)));
    fc.assert(
      fc.property(places, fc.integer({ min: 2, max: 3 * 86_400 }), ([timeZone, clock], secondsBefore) => {
        const start = localStart(clock, timeZone) ?? Number.NaN;
        expect(wallClockOf(start, timeZone) >= clock).toBe(true);
        expect(wallClockOf(start - SECOND, timeZone) < clock).toBe(true);
        expect(wallClockOf(start - secondsBefore * SECOND, timeZone) < clock).toBe(true);
      }),
      { numRuns: WHOLE ? 1_000 : 120 },
    );
  });

  it.each([
    ['America/New_York', 'a gap', '2026-03-08T02:30:00', '2026-03-08T07:00:00Z'],
    ['America/New_York', 'an overlap', '2026-11-01T01:30:00', '2026-11-01T05:30:00Z'],
    ['Europe/London', 'a gap', '2026-03-29T01:00:00', '2026-03-29T01:00:00Z'],
    ['Europe/London', 'an overlap', '2026-10-25T01:59:59', '2026-10-25T00:59:59Z'],
    ['Pacific/Apia', 'a skipped day', '2011-12-30T00:00:00', '2011-12-30T10:00:00Z'],
    ['Pacific/Apia', 'a skipped day', '2011-12-30T23:59:59', '2011-12-30T10:00:00Z'],
    ['Pacific/Apia', 'the day after', '2011-12-31T00:00:00', '2011-12-30T10:00:00Z'],
    ['Asia/Seoul', 'no change', '2026-11-22T09:00:00', '2026-11-22T00:00:00Z'],
    ['UTC-03:30', 'an offset', '2026-11-22T09:00:00', '2026-11-22T12:30:00Z'],
    ['+0545', 'an offset', '2026-11-22T09:00:00', '2026-11-22T03:15:00Z'],
  ])('in %s with %s: %s is %s', (timeZone, _what, clock, expected) => {
    expect(new Date(localStart(clock, timeZone) ?? Number.NaN)).toEqual(new Date(expected));
  });

  it('is told anew for another time of the same zone', () => {
    const starts = ['09:00:00', '10:00:00', '09:00:00'].map((time) =>
      localStart(`2026-11-22T${time}`, 'Asia/Seoul'),
    );
    expect(starts).toEqual([0, 1, 0].map((hour) => Date.UTC(2026, 10, 22, hour)));
  });

  it('is none in no zone, and at no time', () => {
    expect(localStart('2026-11-22T09:00:00', 'Korea/Seoul')).toBeUndefined();
    for (const clock of ['2026-02-30T09:00:00', '2026-11-22T24:00:00', '2026-11-22', '2026-11-22T09:00:00Z'])
      expect(localStart(clock, 'Asia/Seoul')).toBeUndefined();
  });
});

describe('a zone', () => {
  it('has one name, however it is spelled', () => {
    expect(['UTC+09:00', '+0900', 'gmt+9'].map(zoneOf)).toEqual(['+09:00', '+09:00', '+09:00']);
    expect(['asia/SEOUL', 'Etc/GMT+9'].map(zoneOf)).toEqual(['Asia/Seoul', 'Etc/GMT+9']);
  });

  it('is found again after any number of others', () => {
    for (let n = 0; n < 5_000; n++) expect(zoneOf(`Nowhere/N${n}`)).toBeUndefined();
    expect(zoneOf('Asia/Seoul')).toBe('Asia/Seoul');
  });
});

describe("a schedule's offset", () => {
  it('is that of the time zone of the same name', () => {
    expect(SCHEDULE_TIMEZONES).toHaveLength(31);
    for (const timezone of SCHEDULE_TIMEZONES) {
      const start = localStart('2026-11-22T00:00:00', timezone) ?? Number.NaN;
      expect(offsetOf(timezone)).toBe(Date.UTC(2026, 10, 22) - start);
    }
    expect([offsetOf('UTC+05:45'), offsetOf('UTC-11'), offsetOf('UTC')]).toEqual([
      5.75 * HOUR,
      -11 * HOUR,
      0,
    ]);
  });

  it.each(['UTC+08:45', 'UTC+14', 'Asia/Seoul', '+09:00', ''])('is unknown for %j', (timezone) => {
    expect(offsetOf(timezone)).toBeUndefined();
  });
});
