import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MOST_EVERY } from '../../../lambdas/campaigns/schedule/parse-cycle.ts';
import {
  PAST_TOLERANCE_MS,
  parseSchedule,
  type ScheduleContext,
} from '../../../lambdas/campaigns/schedule/parse-schedule.ts';
import { nextOccurrence } from '../../../lambdas/campaigns/schedule/recurrence.ts';
import type { Recurrence, Schedule } from '../../../lambdas/campaigns/schedule/schedule.ts';
import {
  type ScheduleRequest,
  validateScheduleRequest,
} from '../../../schemas/campaigns/generated/requests.js';
import { recurrence } from './arbitraries.ts';

/** 2026-11-20 is a Friday; 23:30 in Seoul. */
const NOW = Date.parse('2026-11-20T14:30:00Z');
const CONTEXT: ScheduleContext = { now: NOW, timeZone: 'Asia/Seoul' };
const WEEKLY: ScheduleRequest = { unit: 'week', weekdays: ['mon'], time: '09:00' };
const MONTHLY: ScheduleRequest = { unit: 'month', day: 31, time: '09:00' };

const parsed = (request: ScheduleRequest | undefined, context = CONTEXT): Schedule | undefined =>
  parseSchedule(request, context).schedule;
const fields = (request: ScheduleRequest, context = CONTEXT): string[] =>
  parseSchedule(request, context).problems.map(({ field }) => field);
const messages = (request: ScheduleRequest, context = CONTEXT): string =>
  parseSchedule(request, context)
    .problems.map(({ message }) => message)
    .join('\n');

/** The request that means exactly this recurrence. */
const requestOf = ({ cycle, ...rest }: Recurrence): ScheduleRequest =>
  ({
    ...rest,
    ...cycle,
    ...(cycle.unit === 'week' ? { weekdays: [...cycle.weekdays] } : {}),
  }) as ScheduleRequest;

describe('a schedule', () => {
  it('that is not there is now', () => {
    expect(parsed(undefined)).toEqual({ kind: 'now' });
  });

  it('at a time is that instant, local time being the deployment’s or that of the zone it names', () => {
    expect(parsed({ at: '2026-12-24T09:00' })).toEqual({ kind: 'at', at: '2026-12-24T00:00:00.000Z' });
    expect(parsed({ at: '2026-12-24T09:00', timeZone: 'UTC' })).toEqual({
      kind: 'at',
      at: '2026-12-24T09:00:00.000Z',
    });
    expect(parsed({ at: '2026-12-24T09:00-05:00' })).toEqual({ kind: 'at', at: '2026-12-24T14:00:00.000Z' });
  });

  it('has every default filled in: each one, from today in the zone, the deployment’s zone', () => {
    expect(parsed({ unit: 'day', time: '09:00' })).toEqual({
      kind: 'recurring',
      cycle: { unit: 'day', every: 1 },
      time: '09:00',
      from: '2026-11-20',
      timeZone: 'Asia/Seoul',
    });
    expect(parsed({ unit: 'day', time: '09:00', timeZone: 'Pacific/Kiritimati' })).toMatchObject({
      from: '2026-11-21',
    });
  });

  it('has weekdays in the week’s order and once, and zones as they are written', () => {
    const given = { ...WEEKLY, weekdays: ['sat', 'mon', 'sun', 'mon'], timeZone: 'asia/seoul' };
    expect(parsed(given)).toMatchObject({
      cycle: { weekdays: ['sun', 'mon', 'sat'] },
      timeZone: 'Asia/Seoul',
    });
  });

  it.each(['UTC', 'US/Eastern', 'Asia/Kolkata', 'Asia/Calcutta', 'Etc/GMT+5'])(
    'takes the zone %s',
    (timeZone) => {
      expect(parsed({ ...WEEKLY, timeZone })).toMatchObject({ timeZone });
    },
  );

  it('once it is read, is read as the same again; its JSON passes the schema', () => {
    fc.assert(
      fc.property(recurrence(20), (of) => {
        const start = Date.parse(`${of.from}T00:00Z`) - 2 * 86_400_000;
        const request = requestOf(of);
        const { schedule, problems } = parseSchedule(request, { ...CONTEXT, now: start });
        expect(validateScheduleRequest(request)).toBe(true);
        // What never sends is refused, and nothing else of what the generator makes.
        if (nextOccurrence(of, of.from, start) === undefined) expect(problems).toHaveLength(1);
        else expect(schedule).toEqual({ kind: 'recurring', ...of });
      }),
    );
  });
});

describe('what is in the past', () => {
  const at = (ms: number): ScheduleRequest => ({ at: new Date(NOW + ms).toISOString() });

  it('is refused, except for the difference between two clocks', () => {
    expect(parsed(at(-PAST_TOLERANCE_MS))).toMatchObject({ kind: 'at' });
    expect(parsed(at(-1))).toMatchObject({ kind: 'at' });
    expect(messages(at(-PAST_TOLERANCE_MS - 1))).toMatch(
      /^schedule\.at is "2026-11-20T14:28:59\.999Z", which is in the past \(now: 2026-11-20T14:30:00\.000Z\)$/,
    );
  });

  it('is a first day before today in the zone of the schedule', () => {
    expect(fields({ ...WEEKLY, from: '2026-11-19' })).toEqual(['schedule.from']);
    expect(fields({ ...WEEKLY, from: '2026-11-20' })).toEqual([]);
    // In Kiritimati it is the 21st.
    expect(fields({ ...WEEKLY, from: '2026-11-20', timeZone: 'Pacific/Kiritimati' })).toEqual([
      'schedule.from',
    ]);
    const justAfterMidnight = { ...CONTEXT, now: Date.parse('2026-11-20T15:00:59Z') };
    expect(fields({ ...WEEKLY, from: '2026-11-20' }, justAfterMidnight)).toEqual([]);
  });

  it('may stay what it is when a campaign is edited', () => {
    const stored = parsed({ ...WEEKLY, from: '2026-11-20' });
    const later = { ...CONTEXT, now: NOW + 30 * 86_400_000 };
    if (!stored) throw new Error('There is no schedule');
    const edited = { ...WEEKLY, from: '2026-11-20', time: '10:00' };
    expect(fields(edited, later)).toEqual(['schedule.from']);
    expect(parsed(edited, { ...later, stored })).toMatchObject({ from: '2026-11-20', time: '10:00' });
    // Its last day may not: nothing would be sent. That is told beside what else is wrong.
    expect(fields({ ...edited, until: '2026-12-01', time: '9' }, { ...later, stored })).toEqual([
      'schedule.time',
      'schedule.until',
    ]);
    const sent: Schedule = { kind: 'at', at: '2026-11-21T00:00:00.000Z' };
    expect(parsed({ at: '2026-11-21T09:00' }, { ...later, stored: sent })).toEqual(sent);
  });
});

describe('what is wrong with a schedule', () => {
  it('is told at once, each with its field', () => {
    const request = {
      unit: 'week',
      every: 0,
      weekdays: ['mon', 'tues'],
      day: 32,
      time: '9:00',
      from: '2026-02-30',
      until: 'never',
      timeZone: 'Asia/Seol',
    };
    expect(fields(request).sort()).toEqual([
      'schedule.day',
      'schedule.day',
      'schedule.every',
      'schedule.from',
      'schedule.time',
      'schedule.timeZone',
      'schedule.until',
      'schedule.weekdays.1',
    ]);
  });

  it('names the value and what is allowed', () => {
    const told = messages({ unit: 'month', every: 1001, day: 32, time: '24:00', timeZone: 'Asia/Seol' });
    expect(told).toContain('schedule.every is 1001; allowed: a whole number from 1 to 1000');
    expect(told).toContain('schedule.day is 32; allowed: a whole number from 1 to 31, or "last"');
    expect(told).toContain('schedule.time is "24:00"; allowed: HH:MM from 00:00 to 23:59, as 09:00');
    expect(told).toContain(
      'schedule.timeZone is "Asia/Seol"; allowed: an IANA name, as Asia/Seoul; nearest: Asia/Seoul',
    );
  });

  it.each([
    ['Seoul', 'Asia/Seoul'],
    ['America/New York', 'America/New_York'],
    ['Europe/Lodon', 'Europe/London'],
    ['US/Easten', 'US/Eastern'],
    ['KST', 'Asia/Seoul'],
  ])('suggests for the zone "%s" first of all %s', (timeZone, meant) => {
    expect(messages({ ...WEEKLY, timeZone })).toContain(`; nearest: ${meant}`);
  });

  it.each(['+09:00', 'UTC+9', '2026-01-01T00:00[Asia/Seoul]', '', '한국'])(
    'knows no zone "%s"',
    (timeZone) => {
      expect(fields({ ...WEEKLY, timeZone })).toEqual(['schedule.timeZone']);
    },
  );

  it.each([
    ['unit', { time: '09:00' }],
    ['unit', { unit: 'year', time: '09:00' }],
    ['time', { unit: 'day' }],
    ['weekdays', { unit: 'week', time: '09:00' }],
    ['weekdays', { ...WEEKLY, weekdays: [] }],
    ['weekdays.0', { ...WEEKLY, weekdays: ['Monday'] }],
    ['weekdays', { unit: 'day', weekdays: ['mon'], time: '09:00' }],
    ['day', { unit: 'month', time: '09:00' }],
    ['day', { ...MONTHLY, day: 0 }],
    ['day', { ...MONTHLY, day: 1.5 }],
    ['day', { ...MONTHLY, day: '31' }],
    ['day', { ...WEEKLY, day: 1 }],
    ['every', { ...WEEKLY, every: MOST_EVERY + 1 }],
    ['every', { ...WEEKLY, every: 1.5 }],
    ['every', { ...WEEKLY, every: -1 }],
    ['time', { ...WEEKLY, time: '09:00:00' }],
    ['from', { ...WEEKLY, from: '2027-02-29' }],
    ['until', { ...WEEKLY, until: '2026-11-19' }],
    ['until', { ...WEEKLY, from: '2026-12-02', until: '2026-12-01' }],
    ['at', { at: 'tomorrow' }],
    ['unit', { at: '2026-12-24T09:00', unit: 'day' }],
    ['timeZone', { at: '2026-12-24T09:00', timeZone: 'Mars/Olympus' }],
  ])('is schedule.%s in %j, and nothing else', (field, request) => {
    expect(fields(request)).toEqual([`schedule.${field}`]);
  });

  it.each([
    ['until', { ...MONTHLY, from: '2027-02-01', until: '2027-02-28' }],
    ['until', { ...WEEKLY, from: '2026-12-01', until: '2026-12-06' }],
    // Today, and its HH:MM has gone by.
    ['until', { unit: 'day', time: '23:30', until: '2026-11-20' }],
    ['day', { ...MONTHLY, every: 12, from: '2027-02-01' }],
    ['day', { ...MONTHLY, day: 30, every: 24, from: '2027-02-01' }],
  ])('is schedule.%s in %j, for it never sends', (field, request) => {
    expect(fields(request)).toEqual([`schedule.${field}`]);
    expect(messages(request)).toContain('leaves no send to come');
  });

  it('does not count a leap day that comes in some years only', () => {
    expect(fields({ ...MONTHLY, day: 29, every: 12, from: '2027-02-01' })).toEqual([]);
  });
});
