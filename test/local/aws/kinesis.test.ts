import { appendFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import {
  DescribeStreamSummaryCommand,
  GetRecordsCommand,
  GetShardIteratorCommand,
  KinesisClient,
  ListShardsCommand,
  ListStreamsCommand,
  PutRecordCommand,
  PutRecordsCommand,
  type ShardIteratorType,
} from '@aws-sdk/client-kinesis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Kinesis, startKinesis } from '../../../local/aws/kinesis/index.ts';
import { StreamLog } from '../../../local/aws/kinesis/stream-log.ts';
import { createClock } from '../../../local/clock.ts';
import { client, temporaryFolder } from './support/folder.ts';

const dir = temporaryFolder();
const clock = createClock();
let kinesis: Kinesis;
let sdk: KinesisClient;

beforeAll(async () => {
  const streams = [
    { Name: 'one', ShardCount: 1 },
    { Name: 'many', StreamModeDetails: { StreamMode: 'ON_DEMAND' } },
    { Name: 'times', ShardCount: 1 },
  ];
  kinesis = await startKinesis({ dir: join(dir, 'wire'), streams, clock });
  sdk = new KinesisClient(client(kinesis.url));
});
afterAll(async () => {
  sdk.destroy();
  await kinesis.close();
});

async function readAll(stream: string, shard: string, type: ShardIteratorType, more = {}): Promise<string[]> {
  const start = { StreamName: stream, ShardId: shard, ShardIteratorType: type, ...more };
  let { ShardIterator } = await sdk.send(new GetShardIteratorCommand(start));
  const seen: string[] = [];
  for (;;) {
    const answer = await sdk.send(new GetRecordsCommand({ ShardIterator, Limit: 7 }));
    seen.push(...(answer.Records ?? []).map(({ Data }) => Buffer.from(Data ?? []).toString()));
    if (answer.Records?.length === 0) return seen;
    ShardIterator = answer.NextShardIterator;
  }
}

describe('Kinesis on the wire, through the SDK with its default handler', () => {
  it('keeps the order of a shard, in pages, from each kind of starting point', async () => {
    const records = Array.from({ length: 20 }, (_, n) => ({
      PartitionKey: `k${n}`,
      Data: Buffer.from(`${n}`),
    }));
    const put = await sdk.send(new PutRecordsCommand({ StreamName: 'one', Records: records }));
    expect(put.FailedRecordCount).toBe(0);
    const all = records.map((_, n) => `${n}`);
    const shard = 'shardId-000000000000';
    const at = { StartingSequenceNumber: put.Records?.[4]?.SequenceNumber };
    expect(await readAll('one', shard, 'TRIM_HORIZON')).toEqual(all);
    expect(await readAll('one', shard, 'LATEST')).toEqual([]);
    expect(await readAll('one', shard, 'AT_SEQUENCE_NUMBER', at)).toEqual(all.slice(4));
    expect(await readAll('one', shard, 'AFTER_SEQUENCE_NUMBER', at)).toEqual(all.slice(5));
  });

  it('starts at a time of the local clock', async () => {
    await sdk.send(
      new PutRecordCommand({ StreamName: 'times', PartitionKey: 'a', Data: Buffer.from('before') }),
    );
    clock.advance(3_600_000);
    const Timestamp = new Date(clock.now() - 60_000);
    await sdk.send(
      new PutRecordCommand({ StreamName: 'times', PartitionKey: 'a', Data: Buffer.from('after') }),
    );
    expect(await readAll('times', 'shardId-000000000000', 'AT_TIMESTAMP', { Timestamp })).toEqual(['after']);
  });

  it('gives an on-demand stream four shards, and a key always the same one', async () => {
    const { Shards } = await sdk.send(new ListShardsCommand({ StreamName: 'many' }));
    expect(Shards).toHaveLength(4);
    const summary = await sdk.send(new DescribeStreamSummaryCommand({ StreamName: 'many' }));
    expect(summary.StreamDescriptionSummary?.StreamModeDetails?.StreamMode).toBe('ON_DEMAND');
    const records = Array.from({ length: 100 }, (_, n) => ({
      PartitionKey: `k${n % 10}`,
      Data: Buffer.from('x'),
    }));
    const { Records = [] } = await sdk.send(new PutRecordsCommand({ StreamName: 'many', Records: records }));
    for (const [n, { ShardId }] of Records.entries()) expect(ShardId).toBe(Records[n % 10]?.ShardId);
    expect(new Set(Records.map(({ ShardId }) => ShardId)).size).toBeGreaterThan(1);
  });

  it('refuses what it does not know by name', async () => {
    const put = { StreamName: 'none', PartitionKey: 'a', Data: Buffer.from('x') };
    await expect(sdk.send(new PutRecordCommand(put))).rejects.toThrow(/Stream none .* not found/);
    await expect(sdk.send(new ListStreamsCommand({}))).rejects.toThrow(/ListStreams/);
    const large = { StreamName: 'one', PartitionKey: 'a', Data: Buffer.alloc(1024 * 1024 + 1) };
    await expect(sdk.send(new PutRecordCommand(large))).rejects.toMatchObject({
      name: 'InvalidArgumentException',
    });
  });
});

describe('the log on disk', () => {
  const shape = { name: 's', mode: 'PROVISIONED', shardCount: 1, retentionHours: 24 } as const;
  const shard = 'shardId-000000000000';
  const open = (name: string, segmentBytes?: number) =>
    new StreamLog({
      dir: join(dir, name),
      streams: [shape],
      clock,
      ...(segmentBytes ? { segmentBytes } : {}),
    });
  const texts = (log: StreamLog, after?: string) =>
    log.read('s', shard, after, 1_000).map(({ data }) => data.toString());
  const append = (log: StreamLog, ...values: string[]) =>
    log.append(
      's',
      values.map((value) => ({ partitionKey: 'k', data: Buffer.from(value) })),
    );

  it('keeps what was acknowledged and cuts off a torn tail, then goes on with the next number', () => {
    const before = open('torn');
    append(before, 'a', 'b');
    const last = before.latest('s', shard);
    const folder = join(dir, 'torn', 's', shard);
    const file = join(folder, readdirSync(folder)[0] ?? '');
    const whole = statSync(file).size;
    appendFileSync(file, Buffer.from([200, 0, 0, 0, 1, 2, 3, 4, 5]));
    const after = open('torn');
    expect(texts(after)).toEqual(['a', 'b']);
    expect(statSync(file).size).toBe(whole);
    const [placed] = append(after, 'c');
    expect((placed?.sequenceNumber ?? '') > last).toBe(true);
    expect(texts(after, last)).toEqual(['c']);
  });

  it('reads across segments in order', () => {
    const log = open('segments', 64);
    const values = Array.from({ length: 50 }, (_, n) => `value ${n}`);
    for (const value of values) append(log, value);
    expect(readdirSync(join(dir, 'segments', 's', shard)).length).toBeGreaterThan(5);
    expect(texts(log)).toEqual(values);
    log.close();
    expect(texts(open('segments', 64))).toEqual(values);
  });

  it('tells listeners of each append', () => {
    const log = open('listen');
    const heard: string[] = [];
    const stop = log.onAppend((stream, shardId, bytes) => heard.push(`${stream} ${shardId} ${bytes}`));
    append(log, 'abc');
    stop();
    append(log, 'abc');
    expect(heard).toEqual([`s ${shard} 3`]);
  });
});
