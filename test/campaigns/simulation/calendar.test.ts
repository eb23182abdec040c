import { expect, it } from 'vitest';
import type { Cycle, Recurrence, Weekday } from '../../../lambdas/campaigns/schedule/schedule.ts';
import { WHOLE } from '../../support/matrix.ts';
import { randomOf } from '../../support/virtual-time.ts';
import { bruteOccurrences } from '../schedule/brute-calendar.ts';
import { recurringRow } from '../sends/support/campaigns.ts';
import { DAY_MS, simulatedSystem } from './system.ts';

const START = Date.parse('2026-01-01T00:00:00Z');
const YEARS_MS = 2 * 365 * DAY_MS;
const LAST = new Date(START + YEARS_MS).toISOString().slice(0, 10);
const ZONES = [
  'Asia/Seoul',
  'America/New_York',
  'Europe/Berlin',
  'Australia/Lord_Howe',
  'Pacific/Apia',
  'UTC',
];
const WEEKDAYS: readonly Weekday[] = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'];
/** `REPOINT_CAMPAIGNS=500` is a minute or two of work. */
const CAMPAIGNS = Number(process.env['REPOINT_CAMPAIGNS'] ?? (WHOLE ? 100 : 12));

/** Recurrences of every kind, at times that clocks leave out or show twice among others. */
function recurrences(count: number): Recurrence[] {
  const random = randomOf(7);
  const whole = (most: number) => Math.floor(random() * most);
  const pick = <T>(from: readonly T[]): T => from[whole(from.length)] as T;
  const cycle = (): Cycle => {
    const every = 1 + whole(3);
    switch (whole(4)) {
      case 0:
        return { unit: 'day', every };
      case 1: {
        const chosen = WEEKDAYS.filter(() => random() < 0.4);
        return { unit: 'week', every, weekdays: chosen.length > 0 ? chosen : ['mon'] };
      }
      case 2:
        return { unit: 'month', every, day: 1 + whole(31) };
      default:
        return { unit: 'month', every, day: 'last' };
    }
  };
  const day = (offset: number) => new Date(START + offset * DAY_MS).toISOString().slice(0, 10);
  return Array.from({ length: count }, (): Recurrence => {
    const from = whole(200);
    const until = random() < 0.3 ? { until: day(from + whole(500)) } : {};
    const time = `${String(whole(24)).padStart(2, '0')}:${pick(['00', '15', '30', '59'])}`;
    return { cycle: cycle(), time, from: day(from), ...until, timeZone: pick(ZONES) };
  });
}

it(`sends ${CAMPAIGNS} campaigns for two years at exactly the times of the calendar`, async () => {
  const system = simulatedSystem({
    start: START,
    pace: { importMs: () => 0, messagesPerSecond: 1e9, audience: () => 10 },
    segments: { lastsMs: () => 0, members: 10, failing: () => 0 },
  });
  const { time, table } = system;
  const all = recurrences(CAMPAIGNS);
  for (const [index, recurrence] of all.entries())
    await table.campaigns.create(recurringRow(START - 1, recurrence, { id: `c${index}` }));
  await time.run(START + YEARS_MS);
  system.stop();
  await time.run();
  for (const [index, recurrence] of all.entries()) {
    const sends = await table.sends.list(`c${index}`);
    const expected = bruteOccurrences(recurrence, recurrence.from, LAST).filter(
      (at) => at >= START && at <= START + YEARS_MS,
    );
    const label = JSON.stringify(recurrence);
    expect([label, sends.map(({ scheduledFor }) => Date.parse(scheduledFor))]).toEqual([label, expected]);
    expect([label, [...new Set(sends.map(({ state }) => state))]]).toEqual([
      label,
      expected.length > 0 ? ['completed'] : [],
    ]);
  }
}, 600_000);
