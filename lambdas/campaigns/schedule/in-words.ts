import { DAY_MS } from '../../shared/durations.ts';
import { dateOf } from './days.ts';
import type { Cycle, Recurrence, Schedule, Weekday } from './schedule.ts';
import { clockAt } from './zone-clock.ts';

export type Language = 'ko' | 'en';

const KOREAN_DAYS: Readonly<Record<Weekday, string>> = {
  sun: '일',
  mon: '월',
  tue: '화',
  wed: '수',
  thu: '목',
  fri: '금',
  sat: '토',
};
const ENGLISH_DAYS: Readonly<Record<Weekday, string>> = {
  sun: 'Sun',
  mon: 'Mon',
  tue: 'Tue',
  wed: 'Wed',
  thu: 'Thu',
  fri: 'Fri',
  sat: 'Sat',
};

/** The shortest month has so many days: a later one is not in all of them. */
const IN_EVERY_MONTH = 28;

/**
 * A schedule as one line for people: `2주마다 월·목 09:00 (Asia/Seoul), 2026-12-01부터`, `every 2 weeks on Mon, Thu at 09:00
 * (Asia/Seoul), from 2026-12-01`. `timeZone` is the one that a single time is read in, the deployment's.
 */
export function inWords(schedule: Schedule, language: Language, timeZone = 'UTC'): string {
  switch (schedule.kind) {
    case 'now':
      return language === 'ko' ? '즉시' : 'now';
    case 'at':
      return `${localMinute(Date.parse(schedule.at), timeZone)} (${timeZone})`;
    case 'recurring':
      return language === 'ko' ? inKorean(schedule) : inEnglish(schedule);
  }
}

function localMinute(instantMs: number, timeZone: string): string {
  const local = clockAt(instantMs, timeZone);
  return `${dateOf(Math.floor(local / DAY_MS))} ${new Date(local).toISOString().slice(11, 16)}`;
}

function inKorean({ cycle, time, from, until, timeZone }: Recurrence): string {
  const end = until === undefined ? '' : ` ${until}까지`;
  return `${koreanCycle(cycle)} ${time} (${timeZone}), ${from}부터${end}`;
}

function koreanCycle(cycle: Cycle): string {
  const { every } = cycle;
  switch (cycle.unit) {
    case 'day':
      return every === 1 ? '매일' : `${every}일마다`;
    case 'week': {
      const days = cycle.weekdays.map((day) => KOREAN_DAYS[day]).join('·');
      return `${every === 1 ? '매주' : `${every}주마다`} ${days}`;
    }
    case 'month': {
      const months = every === 1 ? '매월' : `${every}개월마다`;
      if (cycle.day === 'last') return `${months} 말일`;
      return `${months} ${cycle.day}일${cycle.day > IN_EVERY_MONTH ? '(없는 달은 건너뜀)' : ''}`;
    }
  }
}

function inEnglish({ cycle, time, from, until, timeZone }: Recurrence): string {
  const end = until === undefined ? '' : ` until ${until}`;
  return `${englishCycle(cycle)} at ${time} (${timeZone}), from ${from}${end}`;
}

function englishCycle(cycle: Cycle): string {
  const { every, unit } = cycle;
  const units = every === 1 ? `every ${unit}` : `every ${every} ${unit}s`;
  switch (unit) {
    case 'day':
      return units;
    case 'week':
      return `${units} on ${cycle.weekdays.map((day) => ENGLISH_DAYS[day]).join(', ')}`;
    case 'month': {
      if (cycle.day === 'last') return `${units} on the last day`;
      return `${units} on day ${cycle.day}${cycle.day > IN_EVERY_MONTH ? ' (skipping months without it)' : ''}`;
    }
  }
}
