import { setTimeout as sleep } from 'node:timers/promises';
import {
  errorTypeRegistries,
  KinesisClient,
  type KinesisClientConfig,
  PutRecordsCommand,
  type PutRecordsCommandOutput,
  type PutRecordsRequestEntry,
} from '@aws-sdk/client-kinesis';
import { RepointError } from './errors.ts';
import { LEAN, slim } from './lean-client.aws.ts';
import { plainCodec } from './plain-codec.ts';
import { MAX_RECORD_BYTES, type StreamRecord, type StreamWriter } from './stream-writer.ts';
import { isLonger } from './utf8.ts';

/** PutRecords takes 500 records and 5 MiB a call. */
const MAX_RECORDS = 500;
const MAX_CALL_BYTES = 4.5 * 1024 * 1024;
const ATTEMPTS = 6;

/**
 * By default the SDK opens a connection, TLS and all, for every PutRecords: more than half of its CPU. Kept open, one
 * may have died while a function was frozen: it goes after a while, and a call without an answer is made again, which a
 * stream's readers do not mind.
 */
const KEPT_CONNECTION = { disableConcurrentStreams: false, requestTimeout: 10_000, sessionTimeout: 20_000 };
/** What is sent is JSON as it stands, a record's bytes among it as base64: Node writes that ten times as fast as the SDK. */
const BASE64_RECORDS = {
  protocolSettings: {
    defaultNamespace: 'com.amazonaws.kinesis',
    errorTypeRegistries,
    xmlNamespace: 'http://kinesis.amazonaws.com/doc/2013-12-02',
    version: '2013-12-02',
    serviceTarget: 'Kinesis_20131202',
    jsonCodec: plainCodec(textOf),
  },
};

/**
 * A writer to one Kinesis stream; throttled records are retried with full jitter, then the call fails as `unavailable`.
 * `settings`: of the client, beside our own.
 */
export function kinesisWriter(streamName: string, settings: KinesisClientConfig = {}): StreamWriter {
  const client = slim(
    new KinesisClient({ ...LEAN, ...BASE64_RECORDS, requestHandler: KEPT_CONNECTION, ...settings }),
  );
  return {
    async write(records) {
      for (const call of calls(records.map(entryOf))) await put(client, streamName, call);
    },
  };
}

interface Entry {
  readonly PartitionKey: string;
  /** As it lies on the wire. */
  readonly Data: string;
  /** Bytes before they were base64. */
  readonly size: number;
}

/** Used again for every record: fresh memory for its bytes is a quarter of what making them costs. */
const scratch = Buffer.allocUnsafeSlow(MAX_RECORD_BYTES);

function entryOf({ partitionKey, lines }: StreamRecord): Entry {
  // Greater than the stream takes it is for the stream to refuse, and whole.
  const bytes = isLonger(lines, scratch.length)
    ? Buffer.from(lines)
    : scratch.subarray(0, scratch.write(lines));
  return { PartitionKey: partitionKey, Data: bytes.toString('base64'), size: bytes.length };
}

interface Call {
  readonly StreamName: string;
  readonly Records: readonly Pick<Entry, 'PartitionKey' | 'Data'>[];
}

/** What JSON.stringify makes of a call, which would look for what to escape in base64 too: as long as it takes to make the records. */
function textOf(call: unknown): string {
  const { StreamName, Records } = call as Call;
  const records = Records.map(
    ({ PartitionKey, Data }) => `{"PartitionKey":${JSON.stringify(PartitionKey)},"Data":"${Data}"}`,
  );
  return `{"StreamName":${JSON.stringify(StreamName)},"Records":[${records.join(',')}]}`;
}

/** The SDK's type has the bytes that its own codec takes. */
const onTheWire = ({ PartitionKey, Data }: Entry) =>
  ({ PartitionKey, Data }) as unknown as PutRecordsRequestEntry;

function calls(entries: Entry[]): Entry[][] {
  const out: Entry[][] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const entry of entries) {
    const { size } = entry;
    if (bytes + size > MAX_CALL_BYTES || (out.at(-1)?.length ?? 0) >= MAX_RECORDS) {
      out.push([]);
      bytes = 0;
    }
    out.at(-1)?.push(entry);
    bytes += size;
  }
  return out;
}

async function put(client: KinesisClient, streamName: string, entries: readonly Entry[]): Promise<void> {
  let left = entries;
  for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
    if (attempt > 0) await sleep(Math.random() * 100 * 2 ** attempt);
    const answer = await sent(
      client,
      new PutRecordsCommand({ StreamName: streamName, Records: left.map(onTheWire) }),
    );
    if (!answer.FailedRecordCount) return;
    left = left.filter((_, index) => answer.Records?.[index]?.ErrorCode !== undefined);
  }
  throw new RepointError(
    'unavailable',
    `The stream is busy: ${left.length} of ${entries.length} records were not taken; send the batch again`,
  );
}

/** Whatever keeps the stream from answering, the caller may send the same lines again. */
async function sent(client: KinesisClient, command: PutRecordsCommand): Promise<PutRecordsCommandOutput> {
  try {
    return await client.send(command);
  } catch (cause) {
    throw new RepointError('unavailable', 'The stream does not answer; send the batch again', { cause });
  }
}
