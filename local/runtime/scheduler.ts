import { randomUUID } from 'node:crypto';
import { Temporal } from 'temporal-polyfill';
import type { Clock } from '../clock.ts';
import type { Invocation } from './functions/invocation.ts';
import { isObject, type ResolvedResource } from './template/template.ts';

/** A schedule of the template. */
export interface Schedule {
  /** When it fires: each minute, or once a day at a time of a zone. */
  readonly every: 'minute' | TimeOfDay;
  readonly name: string;
  readonly arn: string;
  readonly functionArn: string;
  /** JSON text for the function; undefined for EventBridge Scheduler's own event. */
  readonly input: string | undefined;
}

interface TimeOfDay {
  readonly hour: number;
  readonly minute: number;
  /** IANA. */
  readonly timeZone: string;
}

interface SchedulerDeps {
  readonly clock: Clock;
  readonly functions: {
    invoke(nameOrArn: string, event: unknown): Promise<Invocation>;
    invokeLater(nameOrArn: string, event: unknown): void;
  };
  /** Whether this time of the function's schedule goes by without it. */
  readonly misses?: (functionName: string) => boolean;
}

export interface Scheduler {
  /** Fires every schedule of each minute now, and what else is due, and waits for the functions' ends. */
  tick(at?: number): Promise<{ schedule: string; invocation: Invocation }[]>;
  stop(): void;
}

const KNOWN = [
  'Name',
  'GroupName',
  'Description',
  'ScheduleExpression',
  'ScheduleExpressionTimezone',
  'FlexibleTimeWindow',
  'State',
  'Target',
  'KmsKeyArn',
];
const KNOWN_TARGET = ['Arn', 'RoleArn', 'Input', 'RetryPolicy', 'DeadLetterConfig'];
const EVERY_MINUTE = new Set(['cron(* * * * ? *)', 'rate(1 minute)', 'rate(1 minutes)']);
const DAILY = /^cron\((\d{1,2}) (\d{1,2}) \* \* \? \*\)$/;
const MINUTE_MS = 60_000;
/** How soon after the minute's beginning, or after the clock was moved, a schedule fires. */
const LOOK_EVERY_MS = 100;

/** Reads an `AWS::Scheduler::Schedule`; undefined when it is disabled. Throws on an expression or property not known here. */
export function scheduleOf(
  { stack, logicalId, properties }: ResolvedResource,
  arn: string,
): Schedule | undefined {
  const where = `${stack} / ${logicalId}`;
  const target = properties['Target'];
  if (!isObject(target)) throw new Error(`${where}: a schedule needs a Target`);
  const unknown = [
    ...Object.keys(properties).filter((key) => !KNOWN.includes(key)),
    ...Object.keys(target).filter((key) => !KNOWN_TARGET.includes(key)),
  ];
  if (unknown.length > 0) throw new Error(`${where}: ${unknown.join(', ')} is not known`);
  const every = everyOf(
    String(properties['ScheduleExpression']),
    String(properties['ScheduleExpressionTimezone'] ?? 'UTC'),
    where,
  );
  const functionArn = String(target['Arn']);
  if (functionArn.split(':')[2] !== 'lambda')
    throw new Error(`${where}: a target like ${functionArn} is not known`);
  if (properties['State'] === 'DISABLED') return undefined;
  const input = target['Input'];
  return {
    every,
    name: arn.slice(arn.lastIndexOf('/') + 1),
    arn,
    functionArn,
    input: input === undefined ? undefined : String(input),
  };
}

function everyOf(expression: string, timeZone: string, where: string): Schedule['every'] {
  if (EVERY_MINUTE.has(expression)) return 'minute';
  const [, minute, hour] = DAILY.exec(expression) ?? [];
  if (minute === undefined || hour === undefined)
    throw new Error(
      `${where}: ${expression} is not known, only ${[...EVERY_MINUTE].join(', ')} and cron(m h * * ? *)`,
    );
  return { hour: Number(hour), minute: Number(minute), timeZone };
}

/** The last moment, not after `now`, at which the schedule fires: epoch milliseconds. */
function lastTime({ every }: Schedule, now: number): number {
  if (every === 'minute') return Math.floor(now / MINUTE_MS) * MINUTE_MS;
  const local = Temporal.Instant.fromEpochMilliseconds(now).toZonedDateTimeISO(every.timeZone);
  const today = local.startOfDay().withPlainTime({ hour: every.hour, minute: every.minute });
  const last = Temporal.ZonedDateTime.compare(today, local) > 0 ? today.subtract({ days: 1 }) : today;
  return last.epochMilliseconds;
}

/** Fires the schedules as the local clock reaches their times. A clock moved over many of a schedule's times fires it once. */
export function startScheduler(
  schedules: readonly Schedule[],
  { clock, functions, misses }: SchedulerDeps,
): Scheduler {
  const fired = new Map(schedules.map((schedule) => [schedule, lastTime(schedule, clock.now())]));
  /** The time a schedule should have fired at since it last did. */
  const due = (schedule: Schedule): number | undefined => {
    const time = lastTime(schedule, clock.now());
    if (time === fired.get(schedule)) return undefined;
    fired.set(schedule, time);
    return time;
  };
  const timer = setInterval(() => {
    for (const schedule of schedules) {
      const time = due(schedule);
      if (time === undefined || misses?.(schedule.functionArn.split(':').at(-1) ?? '')) continue;
      functions.invokeLater(schedule.functionArn, eventOf(schedule, time));
    }
  }, LOOK_EVERY_MS);
  return {
    tick: (at) =>
      Promise.all(
        schedules
          .filter((schedule) => due(schedule) !== undefined || schedule.every === 'minute')
          .map(async (schedule) => ({
            schedule: schedule.name,
            invocation: await functions.invoke(schedule.functionArn, eventOf(schedule, at ?? clock.now())),
          })),
      ),
    stop: () => clearInterval(timer),
  };
}

/** The schedule's input with Scheduler's context attributes filled in, or its default event. */
function eventOf({ arn, input }: Schedule, scheduledAt: number): string {
  const time = `${new Date(scheduledAt).toISOString().slice(0, 19)}Z`;
  const executionId = randomUUID();
  const [, , , region, account] = arn.split(':');
  if (input === undefined)
    return JSON.stringify({
      version: '0',
      id: executionId,
      'detail-type': 'Scheduled Event',
      source: 'aws.scheduler',
      account,
      time,
      region,
      resources: [arn],
      detail: '{}',
    });
  return input
    .replaceAll('<aws.scheduler.schedule-arn>', arn)
    .replaceAll('<aws.scheduler.scheduled-time>', time)
    .replaceAll('<aws.scheduler.execution-id>', executionId)
    .replaceAll('<aws.scheduler.attempt-number>', '1');
}
