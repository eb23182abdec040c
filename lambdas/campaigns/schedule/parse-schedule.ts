import type { ScheduleRequest } from '../../../schemas/campaigns/generated/requests.js';
import { DAY_MS } from '../../shared/durations.ts';
import type { Problem } from '../../shared/errors.ts';
import { dateOf, dayOf } from './days.ts';
import { Findings } from './findings.ts';
import { inWords } from './in-words.ts';
import { cycleOf } from './parse-cycle.ts';
import { nextOccurrence } from './recurrence.ts';
import type { Recurrence, Schedule } from './schedule.ts';
import { instantOf } from './when.ts';
import { clockAt } from './zone-clock.ts';
import { zoneNamed, zonesLike } from './zone-name.ts';

/** A time or day that was still to come by the clock of whoever asked: so far in the past it means now. */
export const PAST_TOLERANCE_MS = 60_000;

export interface ScheduleContext {
  /** The moment of the request, epoch milliseconds. */
  readonly now: number;
  /** The deployment's zone. */
  readonly timeZone: string;
  /** What an edit replaces: the `at` or `from` that it has may have gone by. */
  readonly stored?: Schedule;
}

export type ParsedSchedule =
  | { readonly schedule: Schedule; readonly problems: readonly [] }
  | { readonly schedule?: undefined; readonly problems: readonly Problem[] };

/**
 * The schedule that a request means, with every default filled in, or everything that is wrong with it at once. None is
 * now. `at` may lie PAST_TOLERANCE_MS in the past and is due at once then. Spec §4 "When".
 */
export function parseSchedule(
  request: ScheduleRequest | undefined,
  context: ScheduleContext,
): ParsedSchedule {
  if (request === undefined) return { schedule: { kind: 'now' }, problems: [] };
  const found = new Findings('schedule');
  const schedule =
    request.at === undefined ? recurringOf(request, context, found) : onceOf(request, context, found);
  return schedule === undefined || found.problems.length > 0
    ? { problems: found.problems }
    : { schedule, problems: [] };
}

const CYCLE_FIELDS = ['unit', 'every', 'weekdays', 'day', 'time', 'from', 'until'] as const;

function onceOf(
  request: ScheduleRequest,
  { now, timeZone, stored }: ScheduleContext,
  found: Findings,
): Schedule | undefined {
  const zone = zoneOf(request.timeZone, found) ?? timeZone;
  for (const field of CYCLE_FIELDS)
    if (request[field] !== undefined)
      found.say(field, `belongs to a cycle, and ${found.path('at')} to one send: give one of them`);
  const ms = instantOf(request.at ?? '', zone);
  if (ms === undefined) {
    found.wrong(
      'at',
      request.at,
      `an ISO 8601 time, as 2026-12-24T09:00 (local time in ${zone}), 2026-12-24T00:00:00Z`,
    );
    return undefined;
  }
  const at = new Date(ms).toISOString();
  const kept = stored?.kind === 'at' && stored.at === at;
  if (ms < now - PAST_TOLERANCE_MS && !kept)
    found.say('at', `is "${request.at}", which is in the past (now: ${new Date(now).toISOString()})`);
  return { kind: 'at', at };
}

function recurringOf(
  request: ScheduleRequest,
  context: ScheduleContext,
  found: Findings,
): Schedule | undefined {
  const timeZone = zoneOf(request.timeZone, found) ?? context.timeZone;
  const cycle = cycleOf(request, found);
  const time = timeOf(request.time, found);
  const dates = datesOf(request, { ...context, timeZone }, found);
  if (found.problems.length > 0 || !cycle || time === undefined || !dates) return undefined;
  const recurrence = { cycle, time, ...dates, timeZone };
  checkThatItSends(recurrence, context.now, found);
  return { kind: 'recurring', ...recurrence };
}

function zoneOf(text: string | undefined, found: Findings): string | undefined {
  if (text === undefined) return undefined;
  const zone = zoneNamed(text);
  if (zone === undefined) {
    const like = zonesLike(text);
    const nearest = like.length === 0 ? '' : `; nearest: ${like.join(', ')}`;
    found.wrong('timeZone', text, `an IANA name, as Asia/Seoul${nearest}`);
  }
  return zone;
}

const TIME = /^([01]\d|2[0-3]):[0-5]\d$/;

function timeOf(time: string | undefined, found: Findings): string | undefined {
  if (time !== undefined && TIME.test(time)) return time;
  found.wrong('time', time, 'HH:MM from 00:00 to 23:59, as 09:00');
  return undefined;
}

/** `from` and `until`, as far as they are right beside each other and today. */
function datesOf(
  request: ScheduleRequest,
  { now, timeZone, stored }: ScheduleContext,
  found: Findings,
): Pick<Recurrence, 'from' | 'until'> | undefined {
  const today = dateOn(now, timeZone);
  const earliest = dateOn(now - PAST_TOLERANCE_MS, timeZone);
  const past = `which is in the past (today in ${timeZone}: ${today})`;
  const { from = today, until } = request;
  const kept = stored?.kind === 'recurring' && stored.from === from;
  const fromIsDate = isDate('from', from, found);
  if (fromIsDate && from < earliest && !kept) found.say('from', `is "${from}", ${past}`);
  if (until === undefined) return { from };
  if (isDate('until', until, found)) {
    if (fromIsDate && until < from)
      found.say('until', `is "${until}", which is before ${found.path('from')}, "${from}"`);
    else if (until < earliest) found.say('until', `is "${until}", ${past}`);
  }
  return { from, until };
}

const dateOn = (instantMs: number, timeZone: string): string =>
  dateOf(Math.floor(clockAt(instantMs, timeZone) / DAY_MS));

function isDate(field: 'from' | 'until', text: string, found: Findings): boolean {
  if (dayOf(text) !== undefined) return true;
  found.wrong(field, text, 'a date from 1970 on, YYYY-MM-DD, as 2026-12-01');
  return false;
}

/** A cycle may never come to a day that it can send on: the 31st within February, or yearly from February. */
function checkThatItSends(recurrence: Recurrence, now: number, found: Findings): void {
  if (nextOccurrence(recurrence, recurrence.from, now) !== undefined) return;
  const words = inWords({ kind: 'recurring', ...recurrence }, 'en');
  const field = recurrence.until === undefined ? 'day' : 'until';
  found.say(field, `leaves no send to come: ${words} (now: ${new Date(now).toISOString()})`);
}
