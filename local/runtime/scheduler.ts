import { randomUUID } from 'node:crypto';
import type { Clock } from '../clock.ts';
import type { Invocation } from './functions/invocation.ts';
import { isObject, type ResolvedResource } from './template/template.ts';

/** A schedule of the template that fires once a minute. */
export interface MinuteSchedule {
  readonly name: string;
  readonly arn: string;
  readonly functionArn: string;
  /** JSON text for the function; undefined for EventBridge Scheduler's own event. */
  readonly input: string | undefined;
}

interface SchedulerDeps {
  readonly clock: Clock;
  readonly functions: {
    invoke(nameOrArn: string, event: unknown): Promise<Invocation>;
    invokeLater(nameOrArn: string, event: unknown): void;
  };
}

export interface Scheduler {
  /** Fires every schedule now and waits for the functions' ends. */
  tick(): Promise<{ schedule: string; invocation: Invocation }[]>;
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
const MINUTE_MS = 60_000;
/** How soon after the minute's beginning, or after the clock was moved, a schedule fires. */
const LOOK_EVERY_MS = 100;

/** Reads an `AWS::Scheduler::Schedule`; undefined when it is disabled. Throws on an expression or property not known here. */
export function minuteSchedule(
  { stack, logicalId, properties }: ResolvedResource,
  arn: string,
): MinuteSchedule | undefined {
  const where = `${stack} / ${logicalId}`;
  const target = properties['Target'];
  if (!isObject(target)) throw new Error(`${where}: a schedule needs a Target`);
  const unknown = [
    ...Object.keys(properties).filter((key) => !KNOWN.includes(key)),
    ...Object.keys(target).filter((key) => !KNOWN_TARGET.includes(key)),
  ];
  if (unknown.length > 0) throw new Error(`${where}: ${unknown.join(', ')} is not known`);
  if (!EVERY_MINUTE.has(String(properties['ScheduleExpression'])))
    throw new Error(
      `${where}: ${String(properties['ScheduleExpression'])} is not known, only ${[...EVERY_MINUTE].join(', ')}`,
    );
  const functionArn = String(target['Arn']);
  if (functionArn.split(':')[2] !== 'lambda')
    throw new Error(`${where}: a target like ${functionArn} is not known`);
  if (properties['State'] === 'DISABLED') return undefined;
  const input = target['Input'];
  return {
    name: arn.slice(arn.lastIndexOf('/') + 1),
    arn,
    functionArn,
    input: input === undefined ? undefined : String(input),
  };
}

/** Fires the schedules at each minute of the local clock. A clock moved over many minutes fires once. */
export function startScheduler(
  schedules: readonly MinuteSchedule[],
  { clock, functions }: SchedulerDeps,
): Scheduler {
  const minute = (): number => Math.floor(clock.now() / MINUTE_MS);
  let last = minute();
  const timer = setInterval(() => {
    if (minute() === last) return;
    last = minute();
    for (const schedule of schedules)
      functions.invokeLater(schedule.functionArn, eventOf(schedule, last * MINUTE_MS));
  }, LOOK_EVERY_MS);
  return {
    tick: () =>
      Promise.all(
        schedules.map(async (schedule) => ({
          schedule: schedule.name,
          invocation: await functions.invoke(schedule.functionArn, eventOf(schedule, clock.now())),
        })),
      ),
    stop: () => clearInterval(timer),
  };
}

/** The schedule's input with Scheduler's context attributes filled in, or its default event. */
function eventOf({ arn, input }: MinuteSchedule, scheduledAt: number): string {
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
