import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { type Kinesis, startKinesis } from '../../../local/aws/kinesis/index.ts';
import { createClock, type SettableClock } from '../../../local/clock.ts';
import type { Invocation } from '../../../local/runtime/functions/invocation.ts';
import { checkpointFiles } from '../../../local/runtime/sources/checkpoint-files.ts';
import type { StreamMapping } from '../../../local/runtime/sources/mapping.ts';
import { fitting } from '../../../local/runtime/sources/stream-batch.ts';
import { type StreamSource, startStreamSource } from '../../../local/runtime/sources/stream-source.ts';
import { scratch } from './toys.ts';

const STREAM_ARN = 'arn:aws:kinesis:ap-northeast-2:000000000000:stream/events';
const DEAD_ARN = 'arn:aws:sqs:ap-northeast-2:000000000000:dead';

interface KinesisEvent {
  Records: { eventID: string; kinesis: { data: string; sequenceNumber: string; partitionKey: string } }[];
}

const { dir, remove } = scratch();
let folder = 0;
let clock: SettableClock;
let kinesis: Kinesis;
let source: StreamSource | undefined;
let batches: string[][];
let notices: Record<string, never>[];
/** What the function under test does with a batch of texts; undefined succeeds. */
let behave: (texts: string[], sequences: string[]) => object | 'throws' | undefined;

const textsOf = ({ Records }: KinesisEvent): string[] =>
  Records.map(({ kinesis: { data } }) => Buffer.from(data, 'base64').toString('utf8'));

async function invoke(_: string, event: unknown): Promise<Invocation> {
  const texts = textsOf(event as KinesisEvent);
  batches.push(texts);
  const result = behave(
    texts,
    (event as KinesisEvent).Records.map(({ kinesis: { sequenceNumber } }) => sequenceNumber),
  );
  await new Promise((resolve) => setTimeout(resolve, 2));
  const payload = new TextEncoder().encode(JSON.stringify(result === 'throws' ? {} : (result ?? null)));
  return {
    requestId: 'r',
    durationMs: 1,
    payload,
    ...(result === 'throws' ? { functionError: 'Unhandled' } : {}),
  };
}

function start(change: Partial<StreamMapping> = {}): StreamSource {
  source = startStreamSource(
    {
      kind: 'stream',
      name: 'mapping',
      functionName: 'consumer',
      sourceArn: STREAM_ARN,
      batchSize: 100,
      windowMs: 0,
      reportsItemFailures: true,
      startsAt: 'TRIM_HORIZON',
      bisects: true,
      maxRetries: 1,
      maxAgeMs: undefined,
      onFailureArn: DEAD_ARN,
      ...change,
    },
    {
      streams: kinesis.log,
      queues: { send: (_queue, body) => void notices.push(JSON.parse(body)) },
      functions: { invoke },
      checkpoints: checkpointFiles(join(dir, String(folder), 'checkpoints')),
      clock,
    },
  );
  return source;
}

const open = (): Promise<Kinesis> =>
  startKinesis({
    dir: join(dir, String(folder), 'kinesis'),
    streams: [{ Name: 'events', ShardCount: 2, StreamModeDetails: { StreamMode: 'PROVISIONED' } }] as never,
    clock,
  });

const put = (...texts: string[]): void => {
  kinesis.log.append(
    'events',
    texts.map((text) => ({ partitionKey: text.split(':')[0] ?? '', data: Buffer.from(text) })),
  );
};

beforeEach(async () => {
  folder += 1;
  clock = createClock();
  batches = [];
  notices = [];
  behave = () => undefined;
  kinesis = await open();
});

afterEach(async () => {
  await source?.stop();
  source = undefined;
  await kinesis.close();
});

afterAll(remove);

describe('a Kinesis event source', () => {
  test('hands every record on, in order within a key, in the shape of Lambda', async () => {
    const sent = Array.from({ length: 60 }, (_, index) => `${index % 5}:${index}`);
    put(...sent.slice(0, 30));
    const running = start({ batchSize: 7 });
    put(...sent.slice(30));
    await running.caughtUp(60_000);
    const got = batches.flat();
    expect([...got].sort()).toEqual([...sent].sort());
    for (const key of ['0', '1', '2', '3', '4']) {
      const of = (texts: string[]) => texts.filter((text) => text.startsWith(`${key}:`));
      expect(of(got)).toEqual(of(sent));
    }
    expect(Math.max(...batches.map(({ length }) => length))).toBeLessThanOrEqual(7);
  });

  test('halves a failing batch until the bad record stands alone, and tells where it lies', async () => {
    behave = (texts) => (texts.some((text) => text === 'k:bad') ? 'throws' : undefined);
    const sent = Array.from({ length: 9 }, (_, index) => `k:${index}`);
    put(...sent.slice(0, 4), 'k:bad', ...sent.slice(4));
    await start().caughtUp(60_000);
    const alone = batches.filter((batch) => batch.length === 1 && batch[0] === 'k:bad');
    expect(alone).toHaveLength(2);
    const done = batches.filter((batch) => !batch.includes('k:bad')).flat();
    expect(done).toEqual(sent);
    expect(notices).toHaveLength(1);
    expect(notices[0]).toMatchObject({
      requestContext: { condition: 'RetryAttemptsExhausted', approximateInvokeCount: 2 },
      KinesisBatchInfo: { batchSize: 1, streamArn: STREAM_ARN },
    });
  });

  test('goes on at the lowest record that the function reports', async () => {
    let failures = 1;
    behave = (texts, sequences) => {
      const at = texts.indexOf('k:3');
      if (at < 0 || failures-- <= 0) return undefined;
      return { batchItemFailures: [{ itemIdentifier: sequences[at] }] };
    };
    put('k:1', 'k:2', 'k:3', 'k:4');
    await start().caughtUp(60_000);
    expect(batches).toEqual([
      ['k:1', 'k:2', 'k:3', 'k:4'],
      ['k:3', 'k:4'],
    ]);
  });

  test('without a limit it tries until it works, and later records wait', async () => {
    let failures = 3;
    behave = () => (failures-- > 0 ? 'throws' : undefined);
    put('k:1');
    const running = start({ bisects: false, maxRetries: undefined });
    await running.caughtUp(60_000);
    expect(batches).toEqual([['k:1'], ['k:1'], ['k:1'], ['k:1']]);
    expect(notices).toEqual([]);
  });

  test('records past their age are given up, and told', async () => {
    put('k:old');
    clock.advance(120_000);
    put('k:new');
    await start({ maxAgeMs: 60_000 }).caughtUp(60_000);
    expect(batches).toEqual([['k:new']]);
    expect(notices[0]).toMatchObject({ requestContext: { condition: 'RecordAgeExceeded' } });
  });

  test('a window gathers what comes in it', async () => {
    const running = start({ windowMs: 60_000, batchSize: 2 });
    put('k:1');
    await new Promise((resolve) => setTimeout(resolve, 20));
    put('k:2');
    await running.caughtUp(60_000);
    expect(batches).toEqual([['k:1', 'k:2']]);
  });

  test('LATEST means what comes after the first start, also when nothing came before the second', async () => {
    put('k:before');
    await start({ startsAt: 'LATEST' }).stop();
    put('k:between');
    await start({ startsAt: 'LATEST' }).caughtUp(60_000);
    expect(batches).toEqual([['k:between']]);
  });
});

describe('after a restart', () => {
  test('it goes on behind what was done, and nothing is lost', async () => {
    behave = (texts) => (texts.includes('k:2') ? 'throws' : undefined);
    put('k:1');
    const running = start({ maxRetries: undefined });
    await running.caughtUp(60_000);
    put('k:2', 'k:3');
    await expect.poll(() => batches.length, { timeout: 60_000 }).toBeGreaterThan(2);
    await running.stop();
    await kinesis.close();

    kinesis = await open();
    batches = [];
    behave = () => undefined;
    await start().caughtUp(60_000);
    expect(batches.flat()).toEqual(['k:2', 'k:3']);
  });
});

test('a batch fits the 6 MB of an invocation, and one record always goes', () => {
  const record = (bytes: number) => ({
    sequenceNumber: '1',
    partitionKey: 'k',
    data: Buffer.alloc(bytes),
    arrivedAt: 0,
  });
  const million = record(1_000_000);
  expect(fitting([million, million, million, million, million])).toHaveLength(4);
  expect(fitting([record(8_000_000), million])).toHaveLength(1);
});
