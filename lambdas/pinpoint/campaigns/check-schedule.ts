import type { QuietTime, Schedule } from '@aws-sdk/client-pinpoint';
import { offsetOf, SCHEDULE_TIMEZONES } from '../delivery/zones.ts';
import { notYet, notYetIn } from './checks.ts';

/** A campaign may come a little late: clocks differ, and a request takes time. */
const PAST_TOLERANCE_MS = 60_000;
const ISO_INSTANT = /^(\d{4}-\d{2}-\d{2})T\d{2}:\d{2}(?::\d{2}(?:\.\d+)?)?(?:Z|[+-]\d{2}:?\d{2})$/;
const TIME_OF_DAY = /^(?:[01]\d|2[0-3]):[0-5]\d$/;
const FREQUENCIES = ['ONCE'];

/** What is wrong with a schedule at `now` (epoch milliseconds). */
export function scheduleProblems(schedule: Schedule | undefined, now: number): string[] {
  if (!schedule) return ['Schedule is missing'];
  const { StartTime: start, Frequency: frequency = 'ONCE', Timezone: timezone = 'UTC' } = schedule;
  const problems = startProblems(start, now);
  if (!FREQUENCIES.includes(frequency))
    problems.push(notYet(`Schedule.Frequency ${frequency}`, `; there is: ${FREQUENCIES.join(', ')}`));
  if (schedule.IsLocalTime && start === 'IMMEDIATE')
    problems.push('Schedule.IsLocalTime is true; allowed: only with a StartTime, not with IMMEDIATE');
  if (offsetOf(timezone) === undefined)
    problems.push(`Schedule.Timezone is ${timezone}; allowed: ${SCHEDULE_TIMEZONES.join(', ')}`);
  return [
    ...problems,
    ...quietTimeProblems('Schedule.QuietTime', schedule.QuietTime),
    ...notYetIn('Schedule.', schedule, ['EventFilter', 'EndTime']),
  ];
}

/** Date.parse takes 30 February for 2 March. */
const isDate = (date: string): boolean => {
  const at = Date.parse(date);
  return !Number.isNaN(at) && new Date(at).toISOString().startsWith(date);
};

function startProblems(start: string | undefined, now: number): string[] {
  if (start === 'IMMEDIATE') return [];
  const date = ISO_INSTANT.exec(start ?? '')?.[1];
  const at = date !== undefined && isDate(date) ? Date.parse(start ?? '') : Number.NaN;
  if (Number.isNaN(at))
    return [`Schedule.StartTime is ${start}; allowed: IMMEDIATE, or ISO 8601 as 2026-11-01T09:00:00Z`];
  return at < now - PAST_TOLERANCE_MS ? [`Schedule.StartTime ${start} is in the past`] : [];
}

/** What is wrong with a quiet time, of a campaign's schedule or of an application: both ends have to be there. */
export function quietTimeProblems(member: string, quiet: QuietTime | undefined): string[] {
  if (!quiet) return [];
  return (['Start', 'End'] as const)
    .filter((end) => !TIME_OF_DAY.test(quiet[end] ?? ''))
    .map((end) => `${member}.${end} is ${quiet[end] ?? 'missing'}; allowed: HH:MM from 00:00 to 23:59`);
}
