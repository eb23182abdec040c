import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { createClock } from '../../../local/clock.ts';
import { type Scheduler, scheduleOf, startScheduler } from '../../../local/runtime/scheduler.ts';
import type { JsonObject } from '../../../local/runtime/template/template.ts';

const ARN = 'arn:aws:scheduler:ap-northeast-2:000000000000:schedule/default/tick';
const FUNCTION_ARN = 'arn:aws:lambda:ap-northeast-2:000000000000:function:tick';
const MINUTE_MS = 60_000;

const resource = (change: JsonObject = {}, target: JsonObject = {}) => ({
  stack: 'S',
  logicalId: 'Tick',
  type: 'AWS::Scheduler::Schedule',
  properties: {
    ScheduleExpression: 'cron(* * * * ? *)',
    FlexibleTimeWindow: { Mode: 'OFF' },
    Target: { Arn: FUNCTION_ARN, RoleArn: 'arn:aws:iam::0:role/r', ...target },
    ...change,
  },
});

let scheduler: Scheduler | undefined;
beforeEach(() => void vi.useFakeTimers());
afterEach(() => {
  scheduler?.stop();
  vi.useRealTimers();
});

function run(
  target: JsonObject = {},
  change: JsonObject = {},
  misses: (name: string) => boolean = () => false,
) {
  const clock = createClock();
  // The middle of a minute, so that none turns of itself.
  clock.set(Date.parse('2026-11-21T08:15:30Z'));
  const fired: { functionArn: string; event: string }[] = [];
  const schedule = scheduleOf(resource(change, target), ARN);
  scheduler = startScheduler(schedule ? [schedule] : [], {
    clock,
    misses,
    functions: {
      invokeLater: (functionArn, event) => void fired.push({ functionArn, event: String(event) }),
      invoke: async (functionArn, event) => {
        fired.push({ functionArn, event: String(event) });
        return { requestId: 'r', durationMs: 1, payload: new TextEncoder().encode('null') };
      },
    },
  });
  return { clock, fired };
}

const settle = () => vi.advanceTimersByTimeAsync(250);

describe('a schedule of every minute', () => {
  test('fires at each minute of the local clock, not before', async () => {
    const { clock, fired } = run({ Input: '{}' });
    await settle();
    expect(fired).toHaveLength(0);
    clock.advance(MINUTE_MS);
    await settle();
    expect(fired).toEqual([{ functionArn: FUNCTION_ARN, event: '{}' }]);
  });

  test('fires once for a clock that jumped over many minutes', async () => {
    const { clock, fired } = run();
    clock.advance(600 * MINUTE_MS);
    await settle();
    expect(fired).toHaveLength(1);
  });

  test('a time that is to be missed goes by, the next one fires', async () => {
    const asked: string[] = [];
    const { clock, fired } = run({}, {}, (name) => asked.push(name) === 1);
    clock.advance(MINUTE_MS);
    await settle();
    expect(fired).toHaveLength(0);
    clock.advance(MINUTE_MS);
    await settle();
    expect(fired).toHaveLength(1);
    expect(asked).toEqual(['tick', 'tick']);
  });

  test('a tick may come late, with the time that was due', async () => {
    const { fired } = run();
    await scheduler?.tick(Date.parse('2026-11-20T08:15:00Z'));
    expect(JSON.parse(fired[0]?.event ?? '')).toMatchObject({ time: '2026-11-20T08:15:00Z' });
  });

  test('a tick fires now and waits for the function', async () => {
    const { fired } = run();
    const ticks = await scheduler?.tick();
    expect(ticks).toMatchObject([{ schedule: 'tick' }]);
    expect(JSON.parse(fired[0]?.event ?? '')).toMatchObject({
      source: 'aws.scheduler',
      'detail-type': 'Scheduled Event',
      resources: [ARN],
    });
  });

  test('the input may name the scheduled time', async () => {
    const { clock, fired } = run({ Input: '{"at":"<aws.scheduler.scheduled-time>"}' });
    clock.advance(MINUTE_MS);
    await settle();
    expect(fired[0]?.event).toBe('{"at":"2026-11-21T08:16:00Z"}');
  });
});

describe('a schedule of once a day', () => {
  const nightly = { ScheduleExpression: 'cron(0 3 * * ? *)', ScheduleExpressionTimezone: 'Asia/Seoul' };

  test('fires at its time of its zone, whether or not ticks are asked for, and once', async () => {
    const { clock, fired } = run({}, nightly);
    expect(await scheduler?.tick()).toEqual([]);
    clock.set(Date.parse('2026-11-21T17:59:50Z'));
    await settle();
    expect(fired).toHaveLength(0);
    clock.set(Date.parse('2026-11-21T18:00:00Z'));
    await settle();
    expect(fired).toHaveLength(1);
    expect(JSON.parse(fired[0]?.event ?? '')).toMatchObject({ time: '2026-11-21T18:00:00Z' });
    expect(await scheduler?.tick()).toEqual([]);
  });

  test('fires once for a clock that jumped over several nights', async () => {
    const { clock, fired } = run({}, nightly);
    clock.advance(10 * 24 * 60 * MINUTE_MS);
    await settle();
    expect(fired).toHaveLength(1);
  });
});

test('what it does not know stops the system at start; a disabled schedule does not run', () => {
  expect(() => scheduleOf(resource({ ScheduleExpression: 'rate(5 minutes)' }), ARN)).toThrow(
    'S / Tick: rate(5 minutes)',
  );
  expect(() => scheduleOf(resource({ StartDate: 'x' }), ARN)).toThrow('StartDate');
  expect(() => scheduleOf(resource({}, { EcsParameters: {} }), ARN)).toThrow('EcsParameters');
  expect(scheduleOf(resource({ State: 'DISABLED' }), ARN)).toBeUndefined();
});
