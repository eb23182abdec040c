import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nextOccurrence, occurrences, resumeAnchor } from '../../../lambdas/campaigns/schedule/recurrence.ts';
import type { Cycle, Recurrence, WEEKDAYS } from '../../../lambdas/campaigns/schedule/schedule.ts';
import { WHOLE } from '../../support/matrix.ts';
import { addDays, ODD_DAYS, recurrence, time } from './arbitraries.ts';
import { bruteOccurrences, bruteResumeAnchor, firstShown, wallClock } from './brute-calendar.ts';

const LONG_AGO = Date.UTC(1971, 0, 1);
const DAY = 86_400_000;

const daily = (of: Partial<Recurrence>): Recurrence => ({
  cycle: { unit: 'day', every: 1 },
  time: '09:00',
  from: '2026-01-01',
  timeZone: 'UTC',
  ...of,
});

/** All sends on days up to `last`, as the implementation has them. */
function upTo(of: Recurrence, anchor: string, last: string, after = LONG_AGO): number[] {
  const until = of.until !== undefined && of.until < last ? of.until : last;
  return [...occurrences({ ...of, until }, anchor, after)];
}

const days = (of: Recurrence, count: number, anchor = of.from, after = LONG_AGO): string[] => {
  const found: string[] = [];
  for (const at of occurrences(of, anchor, after)) {
    found.push(wallClock(at, of.timeZone));
    if (found.length === count) break;
  }
  return found;
};

describe('a recurrence', () => {
  it('has the sends that a calendar walked day by day and minute by minute has', () => {
    fc.assert(
      fc.property(recurrence(60), (of) => {
        const last = addDays(of.from, 250);
        expect(upTo(of, of.from, last)).toEqual(bruteOccurrences(of, of.from, last));
      }),
      { numRuns: WHOLE ? 1_000 : 100 },
    );
  });

  it('has no send twice and each after the one before', () => {
    fc.assert(
      fc.property(recurrence(30), (of) => {
        const sends = upTo(of, of.from, addDays(of.from, 400));
        for (const [index, at] of sends.entries()) expect(at).toBeGreaterThan(sends[index - 1] ?? -1);
      }),
    );
  });

  it('answers the same just before, at and just after a send, wherever it is asked from', () => {
    fc.assert(
      fc.property(recurrence(30), (of) => {
        const [sends, next] = [upTo(of, of.from, addDays(of.from, 120)), nextWithin(of, 120)];
        expect(next(LONG_AGO)).toBe(sends[0]);
        for (const [index, at] of sends.entries()) {
          expect(next(at - 1)).toBe(at);
          expect(next(at)).toBe(sends[index + 1]);
          expect(next(at + 1)).toBe(sends[index + 1]);
        }
      }),
    );
  });

  it('goes on from any instant as it would have come there', () => {
    fc.assert(
      fc.property(recurrence(30), fc.integer({ min: -10 * DAY, max: 500 * DAY }), (of, passed) => {
        const last = addDays(of.from, 400);
        const after = Date.parse(`${of.from}T00:00Z`) + passed;
        const expected = upTo(of, of.from, last).filter((at) => at > after);
        expect(upTo(of, of.from, last, after)).toEqual(expected);
      }),
    );
  });
});

/** `nextOccurrence` of a recurrence that ends within so many days. */
function nextWithin(of: Recurrence, length: number) {
  const last = addDays(of.from, length);
  const ended = { ...of, until: of.until !== undefined && of.until < last ? of.until : last };
  return (after: number) => nextOccurrence(ended, of.from, after);
}

describe('days of the month', () => {
  const YEARS = [
    ['1999-11-15', '2004-12-31'],
    ['2096-01-31', '2105-03-31'],
  ] as const;
  const monthly = (every: number, day: number | 'last', from: string) =>
    daily({ cycle: { unit: 'month', every, day }, from });

  it.each([28, 29, 30, 31, 'last'] as const)('%s is right in leap and common years, 2000 and 2100', (day) => {
    for (const [from, last] of YEARS)
      for (let every = 1; every <= 13; every++) {
        const of = monthly(every, day, from);
        expect(upTo(of, from, last)).toEqual(bruteOccurrences(of, from, last));
      }
  });

  it('skips months without the 31st, and counts them', () => {
    expect(days(monthly(1, 31, '2026-01-31'), 4)).toEqual(
      ['2026-01-31', '2026-03-31', '2026-05-31', '2026-07-31'].map((date) => `${date} 09:00`),
    );
    // Every 3 months from January: April has no 31st, July and October count from it all the same.
    expect(days(monthly(3, 31, '2026-01-01'), 4)).toEqual(
      ['2026-01-31', '2026-07-31', '2026-10-31', '2027-01-31'].map((date) => `${date} 09:00`),
    );
  });

  it('last is the last day of any month', () => {
    expect(days(monthly(1, 'last', '2028-01-31'), 3)).toEqual(
      ['2028-01-31', '2028-02-29', '2028-03-31'].map((date) => `${date} 09:00`),
    );
  });

  it('that never comes ends the search', () => {
    expect(nextOccurrence(monthly(12, 31, '2026-02-01'), '2026-02-01', LONG_AGO)).toBeUndefined();
  });
});

describe('weeks', () => {
  const weekly = (every: number, weekdays: readonly (typeof WEEKDAYS)[number][], from: string) =>
    daily({ cycle: { unit: 'week', every, weekdays } as Cycle, from });

  it('begin on Sunday and count from the week of the anchor', () => {
    // 2026-12-02 is a Wednesday: its week began on Sunday the 29th, and that week’s Monday was before the start.
    expect(days(weekly(2, ['sun', 'mon', 'thu'], '2026-12-02'), 5)).toEqual(
      ['2026-12-03', '2026-12-13', '2026-12-14', '2026-12-17', '2026-12-27'].map((date) => `${date} 09:00`),
    );
  });

  it('go on over the ends of years, on several weekdays, whatever day the anchor is', () => {
    for (let shift = 0; shift < 7; shift++)
      for (let every = 1; every <= 5; every++) {
        const of = weekly(every, ['sun', 'wed', 'sat'], addDays('2026-12-20', shift));
        expect(upTo(of, of.from, '2028-01-31')).toEqual(bruteOccurrences(of, of.from, '2028-01-31'));
      }
  });
});

describe('the clocks of a zone', () => {
  it.each(ODD_DAYS)(
    '$timeZone $day ($what): every time of day, two days before to two after',
    ({ timeZone, day }) => {
      const [from, last] = [addDays(day, -2), addDays(day, 2)];
      for (let minute = 0; minute < 24 * 60; minute += 15) {
        const hhmm = new Date(minute * 60_000).toISOString().slice(11, 16);
        const of = daily({ from, time: hhmm, timeZone });
        expect(upTo(of, from, last)).toEqual(bruteOccurrences(of, from, last));
      }
    },
  );

  it('run a time within a gap at the first instant after it', () => {
    const next = (timeZone: string, date: string, hhmm: string) =>
      new Date(
        nextOccurrence(daily({ from: date, time: hhmm, timeZone }), date, LONG_AGO) ?? 0,
      ).toISOString();
    expect(next('America/New_York', '2026-03-08', '02:30')).toBe('2026-03-08T07:00:00.000Z');
    expect(next('Australia/Lord_Howe', '2026-10-04', '02:15')).toBe('2026-10-03T15:30:00.000Z');
    expect(next('America/Sao_Paulo', '2018-11-04', '00:00')).toBe('2018-11-04T03:00:00.000Z');
    // The gap ends at midnight: the send of the 4th is on the 5th, and that of the 5th is its own.
    expect(next('Asia/Pyongyang', '2018-05-04', '23:45')).toBe('2018-05-04T15:00:00.000Z');
    expect(next('Asia/Pyongyang', '2018-05-05', '23:45')).toBe('2018-05-05T14:45:00.000Z');
  });

  it('run a time that comes twice once, at the first', () => {
    const of = daily({ from: '2026-10-31', time: '01:30', timeZone: 'America/New_York' });
    expect(upTo(of, of.from, '2026-11-02').map((at) => new Date(at).toISOString())).toEqual([
      '2026-10-31T05:30:00.000Z',
      '2026-11-01T05:30:00.000Z',
      '2026-11-02T06:30:00.000Z',
    ]);
  });

  it('skip a day that there is not, which still counts', () => {
    const of = daily({ from: '2011-12-28', timeZone: 'Pacific/Apia' });
    const shown = (every: number) =>
      days({ ...of, cycle: { unit: 'day', every } }, 3).map((at) => at.slice(5, 10));
    expect(shown(1)).toEqual(['12-28', '12-29', '12-31']);
    expect(shown(2)).toEqual(['12-28', '01-01', '01-03']);
  });

  it('may show the first or the last day of the recurrence in another day of UTC', () => {
    for (const timeZone of ['Pacific/Kiritimati', 'Etc/GMT+12'])
      for (const hhmm of ['00:00', '23:59']) {
        const of = daily({ from: '2026-05-01', until: '2026-05-03', time: hhmm, timeZone });
        expect(days(of, 9).map((at) => at.slice(0, 10))).toEqual(['2026-05-01', '2026-05-02', '2026-05-03']);
      }
  });
});

describe('an end date', () => {
  it('is the last day, inclusive; before the first match there is none', () => {
    const of = daily({ cycle: { unit: 'week', every: 1, weekdays: ['fri'] }, from: '2026-12-01' });
    expect(days({ ...of, until: '2026-12-11' }, 9)).toEqual(['2026-12-04 09:00', '2026-12-11 09:00']);
    expect(nextOccurrence({ ...of, until: '2026-12-03' }, of.from, LONG_AGO)).toBeUndefined();
  });
});

describe('long cycles and old anchors', () => {
  it('every 1000 days, weeks or months is what was asked for', () => {
    const from = '2026-01-31';
    const dates = (of: Cycle) => days(daily({ cycle: of, from }), 3).map((at) => at.slice(0, 10));
    expect(dates({ unit: 'day', every: 1000 })).toEqual([from, addDays(from, 1000), addDays(from, 2000)]);
    expect(dates({ unit: 'week', every: 1000, weekdays: ['sat'] })).toEqual([
      from,
      addDays(from, 7000),
      addDays(from, 14_000),
    ]);
    // 1000 months after May 2109 is September.
    expect(dates({ unit: 'month', every: 1000, day: 31 })).toEqual([from, '2109-05-31', '2276-01-31']);
  });

  it('an anchor twenty years ago counts as the walked calendar does', () => {
    fc.assert(
      fc.property(recurrence(0), time, (of, hhmm) => {
        const old = { ...of, time: hhmm, from: '2004-02-29', timeZone: 'Asia/Seoul' };
        const { until: _, ...open } = old;
        const after = firstShown('2024-02-25', '00:00', 'Asia/Seoul') ?? 0;
        expect(upTo(open, open.from, '2024-12-31', after)).toEqual(
          bruteOccurrences(open, open.from, '2024-12-31').filter((at) => at > after),
        );
      }),
      { numRuns: WHOLE ? 60 : 8 },
    );
  });
});

describe('a resume', () => {
  it('counts from the first matching HH:MM strictly after it, as the walked calendar does', () => {
    const paused = fc.tuple(recurrence(30), fc.integer({ min: -5 * 1440, max: 90 * 1440 }));
    fc.assert(
      fc.property(paused, ([of, minutes]) => {
        const resumedAt = Date.parse(`${of.from}T00:00Z`) + minutes * 60_000;
        const last = addDays(of.from, 250);
        const anchor = resumeAnchor(of, resumedAt);
        const expected = bruteResumeAnchor(of, resumedAt, addDays(of.from, 500));
        expect(anchor).toBe(expected);
        if (anchor === undefined) return;
        const sends = upTo(of, anchor, last, resumedAt);
        expect(sends).toEqual(bruteOccurrences(of, anchor, last).filter((at) => at > resumedAt));
      }),
      { numRuns: WHOLE ? 600 : 70 },
    );
  });

  it('sends next at its anchor', () => {
    fc.assert(
      fc.property(recurrence(30), fc.integer({ min: 0, max: 60 * DAY }), (of, passed) => {
        const resumedAt = Date.parse(`${of.from}T00:00Z`) + passed;
        const anchor = resumeAnchor(of, resumedAt);
        const next = anchor === undefined ? undefined : nextOccurrence(of, anchor, resumedAt);
        expect(next).toBe(anchor === undefined ? undefined : firstShown(anchor, of.time, of.timeZone));
      }),
    );
  });

  it('of every three days begins anew, today if HH:MM is still to come, else tomorrow', () => {
    const of = daily({ cycle: { unit: 'day', every: 3 }, timeZone: 'Asia/Seoul' });
    const seoul = (text: string) => Date.parse(`${text}+09:00`);
    expect(resumeAnchor(of, seoul('2026-01-05T08:59:59.999'))).toBe('2026-01-05');
    expect(resumeAnchor(of, seoul('2026-01-05T09:00'))).toBe('2026-01-06');
    expect(days(of, 3, '2026-01-06', seoul('2026-01-05T09:00'))).toEqual(
      ['2026-01-06', '2026-01-09', '2026-01-12'].map((date) => `${date} 09:00`),
    );
  });

  it('of every two weeks may begin in the week that the cycle would have left out', () => {
    const of = daily({ cycle: { unit: 'week', every: 2, weekdays: ['mon', 'thu'] }, from: '2026-11-29' });
    // Tuesday of the second week: without the pause, Monday the 14th would have been next.
    const resumedAt = Date.parse('2026-12-08T12:00Z');
    expect(resumeAnchor(of, resumedAt)).toBe('2026-12-10');
    expect(days(of, 3, '2026-12-10', resumedAt).map((at) => at.slice(0, 10))).toEqual([
      '2026-12-10',
      '2026-12-21',
      '2026-12-24',
    ]);
  });

  it('of day 31 counts months from the first that has it', () => {
    const of = daily({ cycle: { unit: 'month', every: 2, day: 31 } });
    expect(resumeAnchor(of, Date.parse('2026-02-10T00:00Z'))).toBe('2026-03-31');
    expect(days(of, 2, '2026-03-31', Date.parse('2026-02-10T00:00Z'))).toEqual([
      '2026-03-31 09:00',
      '2026-05-31 09:00',
    ]);
  });

  it('after the end date finds nothing', () => {
    expect(resumeAnchor(daily({ until: '2026-01-10' }), Date.parse('2026-01-10T09:00Z'))).toBeUndefined();
  });
});
