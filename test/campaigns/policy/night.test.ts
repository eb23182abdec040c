import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nightEnd } from '../../../lambdas/campaigns/policy/night.ts';
import { DAY, instant, SEOUL, seoul, zone } from './support/rules.ts';

const NIGHT = { from: '21:00', until: '08:00' };

const formats = new Map<string, Intl.DateTimeFormat>();
/** The local time as Intl tells it, which has no part in what is tested. */
function clock(at: number, timeZone: string): string {
  const format =
    formats.get(timeZone) ??
    new Intl.DateTimeFormat('en-GB', { timeZone, hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  formats.set(timeZone, format);
  return format.format(at);
}

describe('the night', () => {
  it.each([
    ['2026-11-22T20:59:59.999', undefined],
    ['2026-11-22T21:00', '2026-11-23T08:00'],
    ['2026-11-23T00:00', '2026-11-23T08:00'],
    ['2026-11-23T07:59:59.999', '2026-11-23T08:00'],
    ['2026-11-23T08:00', undefined],
  ])('at %s in Seoul ends at %s', (now, end) => {
    expect(nightEnd(NIGHT, SEOUL, seoul(now))).toBe(end === undefined ? undefined : seoul(end));
  });

  it('of Kakao begins at ten to nine', () => {
    const kakao = { from: '20:50', until: '08:00' };
    expect(nightEnd(kakao, SEOUL, seoul('2026-11-22T20:49:59'))).toBeUndefined();
    expect(nightEnd(kakao, SEOUL, seoul('2026-11-22T20:50'))).toBe(seoul('2026-11-23T08:00'));
  });

  it('may lie within one day', () => {
    const siesta = { from: '13:00', until: '15:30' };
    expect(nightEnd(siesta, SEOUL, seoul('2026-11-22T15:29'))).toBe(seoul('2026-11-22T15:30'));
    expect(nightEnd(siesta, SEOUL, seoul('2026-11-22T12:59'))).toBeUndefined();
    expect(nightEnd(siesta, SEOUL, seoul('2026-11-22T23:00'))).toBeUndefined();
  });

  it('is an hour shorter or longer when clocks are changed in it', () => {
    const hours = (now: string) =>
      (Number(nightEnd(NIGHT, 'America/New_York', Date.parse(now))) - Date.parse(now)) / 3_600_000;
    expect(hours('2026-03-07T21:00-05:00')).toBe(10);
    expect(hours('2026-10-31T21:00-04:00')).toBe(12);
  });

  it('ends on a day that is skipped when the next one has its morning', () => {
    // Samoa had no 30 December 2011.
    expect(nightEnd(NIGHT, 'Pacific/Apia', Date.parse('2011-12-29T22:00-10:00'))).toBe(
      Date.parse('2011-12-31T08:00+14:00'),
    );
  });

  it('ends at the first instant outside its window, that of the law less than a day away', () => {
    const minute = fc.integer({ min: 0, max: 24 * 60 - 1 });
    const time = minute.map(
      (of) => `${String(Math.floor(of / 60)).padStart(2, '0')}:${String(of % 60).padStart(2, '0')}`,
    );
    const window = fc.oneof(
      fc.constant(NIGHT),
      fc.record({ from: time, until: time }).filter(({ from, until }) => from !== until),
    );
    fc.assert(
      fc.property(window, zone, instant, ({ from, until }, where, now) => {
        const isNight = (at: number): boolean => {
          const shown = clock(at, where);
          return from > until ? shown >= from || shown < until : shown >= from && shown < until;
        };
        const end = nightEnd({ from, until }, where, now);
        expect(end !== undefined).toBe(isNight(now));
        if (end === undefined) return;
        expect(end).toBeGreaterThan(now);
        // The longest is a window of 23:59 hours whose one minute of day is left out by clocks put forward.
        expect(end - now).toBeLessThanOrEqual(from === NIGHT.from ? DAY : 2 * DAY + 3_600_000);
        expect(isNight(end)).toBe(false);
        expect(isNight(end - 1)).toBe(true);
        for (let at = now; at < end; at += 7 * 60_000) expect(isNight(at)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
