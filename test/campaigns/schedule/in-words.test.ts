import { describe, expect, it } from 'vitest';
import { inWords } from '../../../lambdas/campaigns/schedule/in-words.ts';
import type { Cycle, Schedule } from '../../../lambdas/campaigns/schedule/schedule.ts';

const recurring = (cycle: Cycle, until?: string): Schedule => ({
  kind: 'recurring',
  cycle,
  time: '09:00',
  from: '2026-12-01',
  timeZone: 'Asia/Seoul',
  ...(until === undefined ? {} : { until }),
});

describe('a schedule in words', () => {
  it.each<[Cycle, string, string]>([
    [{ unit: 'day', every: 1 }, '매일', 'every day'],
    [{ unit: 'day', every: 3 }, '3일마다', 'every 3 days'],
    [{ unit: 'week', every: 1, weekdays: ['sun'] }, '매주 일', 'every week on Sun'],
    [{ unit: 'week', every: 2, weekdays: ['mon', 'thu'] }, '2주마다 월·목', 'every 2 weeks on Mon, Thu'],
    [{ unit: 'month', every: 1, day: 1 }, '매월 1일', 'every month on day 1'],
    [{ unit: 'month', every: 3, day: 'last' }, '3개월마다 말일', 'every 3 months on the last day'],
    [
      { unit: 'month', every: 1, day: 31 },
      '매월 31일(없는 달은 건너뜀)',
      'every month on day 31 (skipping months without it)',
    ],
  ])('%j says how often, when, where and from when', (cycle, korean, english) => {
    expect(inWords(recurring(cycle), 'ko')).toBe(`${korean} 09:00 (Asia/Seoul), 2026-12-01부터`);
    expect(inWords(recurring(cycle), 'en')).toBe(`${english} at 09:00 (Asia/Seoul), from 2026-12-01`);
  });

  it('says when it ends', () => {
    const ended = recurring({ unit: 'day', every: 1 }, '2027-03-01');
    expect(inWords(ended, 'ko')).toBe('매일 09:00 (Asia/Seoul), 2026-12-01부터 2027-03-01까지');
    expect(inWords(ended, 'en')).toBe('every day at 09:00 (Asia/Seoul), from 2026-12-01 until 2027-03-01');
  });

  it('says a single time in the zone that people read', () => {
    const at: Schedule = { kind: 'at', at: '2026-12-23T15:30:00.000Z' };
    expect(inWords(at, 'ko', 'Asia/Seoul')).toBe('2026-12-24 00:30 (Asia/Seoul)');
    expect(inWords(at, 'en')).toBe('2026-12-23 15:30 (UTC)');
    expect([inWords({ kind: 'now' }, 'ko'), inWords({ kind: 'now' }, 'en')]).toEqual(['즉시', 'now']);
  });
});
