import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { momentAt, momentOf } from '../../../lambdas/shared/rendering/dates/moment.ts';
import { piecesOfPattern } from '../../../lambdas/shared/rendering/dates/pattern.ts';
import { readBy } from '../../../lambdas/shared/rendering/dates/read.ts';
import { styled, written } from '../../../lambdas/shared/rendering/dates/write.ts';

function pieces(pattern: string) {
  const found = piecesOfPattern(pattern);
  if (typeof found === 'string') throw new Error(found);
  return found;
}
const shown = (at: string, zone: string, pattern: string, locale = 'en-US'): string =>
  written(momentAt(Date.parse(at), zone), pieces(pattern), locale);

describe('a date by a pattern of SimpleDateFormat', () => {
  it.each([
    // The examples of its own documentation, for 2001-07-04 12:08:56 Pacific time.
    ["yyyy.MM.dd G 'at' HH:mm:ss z", '2001.07.04 AD at 12:08:56 PDT'],
    ["EEE, MMM d, ''yy", "Wed, Jul 4, '01"],
    ['h:mm a', '12:08 PM'],
    ["hh 'o''clock' a, zzzz", "12 o'clock PM, Pacific Daylight Time"],
    ['K:mm a, z', '0:08 PM, PDT'],
    ['yyyyy.MMMMM.dd GGG hh:mm aaa', '02001.July.04 AD 12:08 PM'],
    ['EEE, d MMM yyyy HH:mm:ss Z', 'Wed, 4 Jul 2001 12:08:56 -0700'],
    ['yyMMddHHmmssZ', '010704120856-0700'],
    ["yyyy-MM-dd'T'HH:mm:ss.SSSXXX", '2001-07-04T12:08:56.235-07:00'],
    ["YYYY-'W'ww-u", '2001-W27-3'],
    ['D F W k X XX EEEE', '185 1 1 12 -07 -0700 Wednesday'],
  ])('%s', (pattern, text) => {
    expect(shown('2001-07-04T19:08:56.235Z', 'America/Los_Angeles', pattern)).toBe(text);
  });

  it('counts weeks as in the United States: from Sunday, the first with January’s first day', () => {
    expect(shown('2020-12-27T00:00:00Z', '+00:00', 'YYYY ww W')).toBe('2021 01 5');
    expect(shown('2020-12-26T00:00:00Z', '+00:00', 'YYYY ww W')).toBe('2020 52 4');
  });

  it('names midnight 24 by k and 12 by h, and UTC Z', () => {
    expect(shown('2026-01-01T00:00:00Z', '+00:00', 'k h K a X')).toBe('24 12 0 AM Z');
  });

  it('speaks the language of its locale', () => {
    expect(shown('2026-11-22T04:00:00Z', 'Asia/Seoul', 'yyyy년 MMMM d일 EEEE a h시', 'ko-KR')).toBe(
      '2026년 11월 22일 일요일 오후 1시',
    );
    expect(styled(momentAt(Date.parse('2026-11-22T04:00:00Z'), 'Asia/Seoul'), 'full', 'ko-KR')).toBe(
      '2026년 11월 22일 일요일',
    );
  });
});

describe('a date that is read', () => {
  const zones = fc.constantFrom('Asia/Seoul', 'America/New_York', '+05:30', 'UTC');
  const locales = fc.constantFrom('en-US', 'ko-KR', 'de-DE');
  const patterns = fc.constantFrom(
    "yyyy-MM-dd'T'HH:mm:ss.SSSXXX",
    'EEEE, d. MMMM yyyy hh:mm:ss.SSS a Z',
    'yyyyMMddHHmmssSSSXX',
    'E d MMM yyyy kk:mm:ss.SSS X',
  );
  const instants = fc.date({ min: new Date('1950-01-01'), max: new Date('2100-01-01'), noInvalidDate: true });

  it('is the date that was written by the same pattern', () => {
    fc.assert(
      fc.property(instants, zones, locales, patterns, (date, zone, locale, pattern) => {
        // Offsets of that time had seconds in some zones, which no pattern shows.
        fc.pre(date.getUTCFullYear() > 1970);
        const moment = momentAt(date.getTime(), zone);
        fc.pre(moment.offset % 3_600_000 === 0 || !/X$/.test(pattern) || pattern.endsWith('XX'));
        const text = written(moment, pieces(pattern), locale);
        const read = readBy(text, pieces(pattern), zone, locale);
        expect(read?.local.getTime(), text).toBe(moment.local.getTime());
      }),
    );
  });

  it.each([
    ['31.12.2026', 'dd.MM.yyyy', '2026-12-31T00:00'],
    ['3/7/26 9:05 pm', 'M/d/yy h:mm a', '2026-03-07T21:05'],
    ['2026년 3월 7일', 'yyyy년 M월 d일', '2026-03-07T00:00'],
    ['20260307', 'yyyyMMdd', '2026-03-07T00:00'],
    ['March 7, 2026', 'MMM d, yyyy', '2026-03-07T00:00'],
    ['12:30 AM 1/1/70', 'h:mm a M/d/yy', '1970-01-01T00:30'],
  ])('%s by %s', (text, pattern, local) => {
    expect(readBy(text, pieces(pattern), 'Asia/Seoul', 'en-US')?.local.toISOString().slice(0, 16)).toBe(
      local,
    );
  });

  it.each([
    ['31.11.2026', 'dd.MM.yyyy'],
    ['2026-13-01', 'yyyy-MM-dd'],
    ['7.3.2026 and more', 'd.M.yyyy'],
    ['7/3/2026', 'd.M.yyyy'],
    ['Smarch 7', 'MMMM d'],
  ])('is none when it does not fit: %s by %s', (text, pattern) => {
    expect(readBy(text, pieces(pattern), 'UTC', 'en-US')).toBeUndefined();
  });

  it('without a pattern is ISO 8601 or an epoch; without an offset it is local time', () => {
    const local = (text: string) => momentOf(text, 'Asia/Seoul')?.local.toISOString();
    expect(local('2020-09-19')).toBe('2020-09-19T00:00:00.000Z');
    expect(local('2020-09-19 08:30')).toBe('2020-09-19T08:30:00.000Z');
    expect(local('2020-09-18T22:05:09.0801Z')).toBe('2020-09-19T07:05:09.080Z');
    expect(local('2020-09-19T00:00:00+02')).toBe('2020-09-19T07:00:00.000Z');
    expect(local('1600466709')).toBe('2020-09-19T07:05:09.000Z');
    expect(local('1600466709080')).toBe('2020-09-19T07:05:09.080Z');
    expect([local('2020-02-30'), local('19/09/2020'), local('yesterday'), local('20200919')]).toEqual([
      undefined,
      undefined,
      undefined,
      undefined,
    ]);
  });
});
