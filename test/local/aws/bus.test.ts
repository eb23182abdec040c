import { afterEach, describe, expect, test } from 'vitest';
import { type Bus, type DeadLetter, startBus } from '../../../local/aws/bus/index.ts';
import { compilePattern } from '../../../local/aws/bus/pattern.ts';
import type { Invoke } from '../../../local/aws/lambda-api/index.ts';

const FUNCTION = 'arn:aws:lambda:ap-northeast-2:000000000000:function:repoint-local-pinpoint-feedback';
const rule = (EventPattern: unknown, more = {}) => ({
  Name: 'feedback',
  EventPattern,
  State: 'ENABLED',
  Targets: [{ Arn: FUNCTION, Id: 'Target0', ...more }],
});
const opened = {
  source: 'aws.ses',
  'detail-type': 'Email Opened',
  detail: { eventType: 'Open', mail: { tags: { campaign_id: ['c1'] } } },
  resources: ['arn:aws:ses:ap-northeast-2:000000000000:configuration-set/x'],
  timeMs: Date.parse('2026-11-21T01:02:03.456Z'),
};

let bus: Bus | undefined;
afterEach(async () => {
  await bus?.close();
  bus = undefined;
});

describe('event patterns', () => {
  const cases: [name: string, pattern: object, event: object, matches: boolean][] = [
    ['exact', { source: ['aws.ses', 'aws.sms-voice'] }, { source: 'aws.ses' }, true],
    ['exact, other', { source: ['aws.ses'] }, { source: 'aws.s3' }, false],
    [
      'nested',
      { detail: { mail: { tags: { a: ['1'] } } } },
      { detail: { mail: { tags: { a: ['0', '1'] } } } },
      true,
    ],
    ['all fields', { source: ['x'], kind: ['y'] }, { source: 'x', kind: 'z' }, false],
    ['a number is not its text', { n: [1] }, { n: '1' }, false],
    ['null', { n: [null] }, { n: null }, true],
    ['null is not absence', { n: [null] }, {}, false],
    ['prefix', { type: [{ prefix: 'TEXT_' }] }, { type: 'TEXT_DELIVERED' }, true],
    ['prefix, other', { type: [{ prefix: 'TEXT_' }] }, { type: 'VOICE_X' }, false],
    ['suffix', { file: [{ suffix: '.png' }] }, { file: 'a.png' }, true],
    ['equals-ignore-case', { a: [{ 'equals-ignore-case': 'Abc' }] }, { a: 'aBC' }, true],
    ['anything-but', { a: [{ 'anything-but': ['x', 'y'] }] }, { a: 'z' }, true],
    ['anything-but, listed', { a: [{ 'anything-but': 'x' }] }, { a: 'x' }, false],
    ['anything-but, absent', { a: [{ 'anything-but': 'x' }] }, {}, false],
    ['anything-but prefix', { a: [{ 'anything-but': { prefix: 'x' } }] }, { a: 'yx' }, true],
    ['exists', { a: [{ exists: true }] }, { a: null }, true],
    ['does not exist', { a: [{ exists: false }] }, { b: 1 }, true],
    ['numeric', { n: [{ numeric: ['>', 0, '<=', 5] }] }, { n: 5 }, true],
    ['numeric, outside', { n: [{ numeric: ['>', 0, '<=', 5] }] }, { n: 6 }, false],
  ];
  test.each(cases)('%s', (_name, pattern, event, matches) => {
    expect(compilePattern(pattern)(event)).toBe(matches);
  });

  test.each([
    [{ a: [{ wildcard: '*' }] }],
    [{ a: [{ cidr: '10.0.0.0/8' }] }],
    [{ $or: [{ a: [1] }] }],
    [{ a: 'not a list' }],
    [{ a: [{ prefix: { 'equals-ignore-case': 'x' } }] }],
    [{}],
  ])('what it does not know is refused when it is made: %j', (pattern) => {
    expect(() => compilePattern(pattern)).toThrow(/[Pp]attern/);
  });
});

describe('the local event bus', () => {
  test('a matching event reaches its function in the envelope of EventBridge, others do not', async () => {
    const seen: unknown[] = [];
    const invoke: Invoke = async (name, payload) => {
      seen.push({ name, payload });
      return { payload: null };
    };
    bus = await startBus({ rules: [rule({ source: ['aws.ses'] })], invoke });
    await bus.publish(opened);
    await bus.publish({ ...opened, source: 'aws.s3' });
    expect(seen).toEqual([
      {
        name: 'repoint-local-pinpoint-feedback',
        payload: {
          version: '0',
          id: expect.stringMatching(/^[0-9a-f-]{36}$/),
          'detail-type': 'Email Opened',
          source: 'aws.ses',
          account: '000000000000',
          time: '2026-11-21T01:02:03Z',
          region: 'ap-northeast-2',
          resources: opened.resources,
          detail: opened.detail,
        },
      },
    ]);
  });

  test('a failing function is tried again, then its event goes to the dead-letter queue', async () => {
    let calls = 0;
    const letters: DeadLetter[] = [];
    const invoke: Invoke = async () => {
      calls++;
      return calls < 3 ? { payload: {}, functionError: 'Unhandled' } : { payload: null };
    };
    const more = { DeadLetterConfig: { Arn: 'arn:aws:sqs:ap-northeast-2:000000000000:dlq' } };
    bus = await startBus({
      rules: [rule({ source: ['aws.ses'] }, more)],
      invoke,
      retryDelaysMs: [1],
      onDeadLetter: (letter) => letters.push(letter),
    });
    await bus.publish(opened);
    expect([calls, letters.length]).toEqual([3, 0]);
    calls = -10;
    await bus.publish(opened);
    expect(letters).toMatchObject([{ queueArn: 'arn:aws:sqs:ap-northeast-2:000000000000:dlq' }]);
  });

  test('no more invocations run at a time than allowed, and none is lost', async () => {
    let running = 0;
    let most = 0;
    let total = 0;
    const invoke: Invoke = async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setTimeout(resolve, 1));
      running--;
      total++;
      return { payload: null };
    };
    bus = await startBus({ rules: [rule({ source: ['aws.ses'] })], invoke, concurrency: 4 });
    await Promise.all(Array.from({ length: 40 }, () => bus?.publish(opened)));
    expect([most, total]).toEqual([4, 40]);
  });

  test('PutEvents judges each entry by itself', async () => {
    const seen: unknown[] = [];
    const invoke: Invoke = async (_name, payload) => {
      seen.push((payload as { detail: unknown }).detail);
      return { payload: null };
    };
    bus = await startBus({ rules: [rule({ source: ['shop'] })], invoke });
    const entry = { Source: 'shop', DetailType: 'Order', Detail: '{"n":1}' };
    const put = (Entries: unknown) =>
      fetch(bus?.url ?? '', {
        method: 'POST',
        headers: { 'content-type': 'application/x-amz-json-1.1', 'x-amz-target': 'AWSEvents.PutEvents' },
        body: JSON.stringify({ Entries }),
      });
    const answer = await put([entry, { ...entry, Source: 'aws.ses' }, { ...entry, Detail: 'no' }]);
    expect(await answer.json()).toMatchObject({
      FailedEntryCount: 2,
      Entries: [
        { EventId: expect.any(String) },
        { ErrorCode: 'NotAuthorizedForSourceException' },
        { ErrorCode: 'MalformedDetail' },
      ],
    });
    await bus.close();
    expect(seen).toEqual([{ n: 1 }]);
    bus = await startBus({ rules: [], invoke });
    expect((await put([{ ...entry, Colour: 'red' }])).status).toBe(400);
  });

  test('a rule it cannot serve is refused at start', async () => {
    const invoke: Invoke = async () => undefined;
    await expect(startBus({ rules: [rule({ a: [{ wildcard: '*' }] })], invoke })).rejects.toThrow(/wildcard/);
    await expect(startBus({ rules: [rule({ a: [1] }, { InputPath: '$.x' })], invoke })).rejects.toThrow(
      /InputPath/,
    );
    await expect(
      startBus({ rules: [rule({ a: [1] }, { Arn: 'arn:aws:sns:ap-northeast-2:0:x' })], invoke }),
    ).rejects.toThrow(/Lambda targets only/);
  });
});
