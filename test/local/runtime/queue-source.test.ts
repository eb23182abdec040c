import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { type Sqs, startSqs } from '../../../local/aws/sqs/index.ts';
import type { Functions } from '../../../local/runtime/functions/functions.ts';
import { outcomeOf } from '../../../local/runtime/sources/item-failures.ts';
import type { QueueMapping } from '../../../local/runtime/sources/mapping.ts';
import { mappingOf } from '../../../local/runtime/sources/mapping.ts';
import type { Source } from '../../../local/runtime/sources/ports.ts';
import { startQueueSource } from '../../../local/runtime/sources/queue-source.ts';
import { scratch, toyFunctions } from './toys.ts';

const arn = (queue: string): string => `arn:aws:sqs:ap-northeast-2:000000000000:${queue}`;
const VISIBILITY_SECONDS = 30;
/** Runs until the file named by the message is there. */
const HELD = `async ({ Records }) => {
  const { existsSync } = await import('node:fs');
  while (Records.some(({ body }) => !existsSync(body))) await new Promise((r) => setTimeout(r, 5));
}`;

const { dir, remove } = scratch();
let sqs: Sqs;
let functions: Functions;
let source: Source | undefined;

beforeAll(async () => {
  sqs = await startSqs({
    queues: [
      { QueueName: 'dead' },
      {
        QueueName: 'work',
        VisibilityTimeout: VISIBILITY_SECONDS,
        RedrivePolicy: { deadLetterTargetArn: arn('dead'), maxReceiveCount: 2 },
      },
      { QueueName: 'seen' },
    ],
  });
  functions = toyFunctions(dir, {
    picky: {
      handler:
        'async ({ Records }) => ({ batchItemFailures: Records.filter(({ body }) => body.startsWith("bad")).map(({ messageId }) => ({ itemIdentifier: messageId })) })',
    },
    fails: { handler: 'async () => { throw new Error("no"); }' },
    held: { handler: HELD, concurrency: 3 },
    shape: {
      handler: 'async ({ Records }) => { if (!globalThis.seen) globalThis.seen = Records; return {}; }',
    },
  });
});

afterEach(async () => {
  await source?.stop();
  for (const queue of ['work', 'dead']) {
    sqs.advance(VISIBILITY_SECONDS * 1000);
    for (let messages = await sqs.receive(queue); messages.length > 0; messages = await sqs.receive(queue))
      sqs.delete(
        queue,
        messages.map(({ receiptHandle }) => receiptHandle),
      );
  }
});

afterAll(async () => {
  await functions.close();
  await sqs.close();
  remove();
});

function start(
  functionName: string,
  change: Partial<QueueMapping> = {},
  repeats: (queueArn: string) => boolean = () => false,
): void {
  source = startQueueSource(
    {
      kind: 'queue',
      name: 'test',
      functionName,
      sourceArn: arn('work'),
      batchSize: 10,
      windowMs: 0,
      reportsItemFailures: true,
      concurrency: 1,
      ...change,
    },
    { queues: sqs, functions, region: 'ap-northeast-2', repeats },
  );
}

const figures = (name: string) => functions.figures.find((one) => one.name === name);
const counts = () => sqs.counts('work');
/** The machine may be busy; what is waited for comes within milliseconds on a quiet one. */
const SOON = { timeout: 60_000, interval: 5 };

describe('an SQS event source', () => {
  test('deletes what succeeded, and what failed stays hidden until its visibility timeout', async () => {
    for (const body of ['good 1', 'bad 1', 'good 2']) sqs.send('work', body);
    start('picky');
    await expect.poll(counts, SOON).toEqual({ ready: 0, delayed: 0, inFlight: 1 });
    expect(sqs.counts('dead').ready).toBe(0);
  });

  test('a message that keeps failing ends in the dead-letter queue after the receives the queue allows', async () => {
    sqs.send('work', 'bad');
    const before = figures('fails')?.invocations ?? 0;
    start('fails');
    for (const receives of [1, 2]) {
      await expect.poll(() => (figures('fails')?.invocations ?? 0) - before, SOON).toBe(receives);
      sqs.advance(VISIBILITY_SECONDS * 1000);
    }
    await expect.poll(() => sqs.counts('dead').ready, SOON).toBe(1);
    expect((figures('fails')?.invocations ?? 0) - before).toBe(2);
    expect(counts()).toEqual({ ready: 0, delayed: 0, inFlight: 0 });
  });

  test('works on as many batches at once as it may', async () => {
    start('held', { batchSize: 1, concurrency: 3 });
    const gate = join(dir, 'three');
    for (let count = 0; count < 4; count++) sqs.send('work', gate);
    await expect.poll(counts, SOON).toEqual({ ready: 1, delayed: 0, inFlight: 3 });
    writeFileSync(gate, '');
    await expect.poll(counts, SOON).toEqual({ ready: 0, delayed: 0, inFlight: 0 });
  });

  test('delivers twice what is ordered to come twice', async () => {
    const before = figures('picky')?.invocations ?? 0;
    const orders = [true, false, false];
    sqs.send('work', 'good 1');
    sqs.send('work', 'good 2');
    start('picky', { batchSize: 1 }, () => orders.shift() ?? false);
    await expect.poll(() => (figures('picky')?.invocations ?? 0) - before, SOON).toBe(3);
    await expect.poll(counts, SOON).toEqual({ ready: 0, delayed: 0, inFlight: 0 });
    expect(orders).toEqual([]);
  });

  test('a batching window gathers what comes in it', async () => {
    const before = figures('picky')?.invocations ?? 0;
    start('picky', { windowMs: 60_000, batchSize: 4 });
    for (const body of ['1', '2', '3', '4']) {
      sqs.send('work', body);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
    await expect.poll(() => counts().inFlight + counts().ready, SOON).toBe(0);
    expect((figures('picky')?.invocations ?? 0) - before).toBe(1);
  });

  test('stopping lets the batch at work end', async () => {
    start('held', { batchSize: 1 });
    const gate = join(dir, 'last');
    sqs.send('work', gate);
    await expect.poll(() => counts().inFlight, SOON).toBe(1);
    const stopped = source?.stop();
    writeFileSync(gate, '');
    await stopped;
    expect(counts()).toEqual({ ready: 0, delayed: 0, inFlight: 0 });
  });
});

describe('a function tells which items failed', () => {
  const outcome = (result: unknown, functionError?: 'Unhandled') =>
    outcomeOf(
      {
        requestId: 'r',
        durationMs: 1,
        payload: new TextEncoder().encode(JSON.stringify(result) ?? 'null'),
        ...(functionError ? { functionError } : {}),
      },
      true,
      ['a', 'b'],
    );
  test.each<[string, unknown, unknown]>([
    ['nothing', null, 'done'],
    ['an empty list', { batchItemFailures: [] }, 'done'],
    ['no list', {}, 'done'],
    ['some', { batchItemFailures: [{ itemIdentifier: 'b' }] }, new Set(['b'])],
    ['an unknown item', { batchItemFailures: [{ itemIdentifier: 'z' }] }, 'failed'],
    ['an empty identifier', { batchItemFailures: [{ itemIdentifier: '' }] }, 'failed'],
    ['another key', { batchItemFailures: [{ id: 'a' }] }, 'failed'],
  ])('%s', (_, result, expected) => {
    expect(outcome(result)).toEqual(expected);
  });

  test('an error fails all', () => {
    expect(outcome({ errorType: 'Error' }, 'Unhandled')).toBe('failed');
  });
});

describe('a mapping of the template', () => {
  const mapping = (properties: Record<string, never>) =>
    mappingOf({ stack: 'S', logicalId: 'M', type: 'AWS::Lambda::EventSourceMapping', properties });
  const queue = { EventSourceArn: arn('work'), FunctionName: 'f' };

  test('has the defaults of Lambda', () => {
    expect(mapping(queue as never)).toMatchObject({
      batchSize: 10,
      windowMs: 0,
      concurrency: 5,
      reportsItemFailures: false,
    });
    const stream = {
      EventSourceArn: 'arn:aws:kinesis:r:0:stream/s',
      FunctionName: 'f',
      StartingPosition: 'LATEST',
    };
    expect(mapping(stream as never)).toMatchObject({ batchSize: 100, maxRetries: undefined, bisects: false });
  });

  test('is left out when it is disabled, and refused when it says what is not known', () => {
    expect(mapping({ ...queue, Enabled: false } as never)).toBeUndefined();
    expect(() => mapping({ ...queue, FilterCriteria: {} } as never)).toThrow('S / M: FilterCriteria');
    expect(() =>
      mapping({ EventSourceArn: 'arn:aws:dynamodb:r:0:table/t/stream', FunctionName: 'f' } as never),
    ).toThrow(/not known/);
  });
});
