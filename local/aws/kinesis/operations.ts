import type { Clock } from '../../clock.ts';
import { invalid, KinesisError } from './errors.ts';
import { type Input, onlyKnown, record, records, streamName, text } from './input.ts';
import {
  BEFORE_FIRST,
  hashRange,
  indexOf,
  type LogRecord,
  type StreamLog,
  sequenceOf,
} from './stream-log.ts';

export interface OperationDeps {
  readonly log: StreamLog;
  readonly clock: Clock;
}

type Operation = (deps: OperationDeps, input: Input) => unknown;

const STREAM = ['StreamName', 'StreamARN'];
const MAX_GET_RECORDS = 10_000;
/** A position is good for five minutes, as in the real service. */
const ITERATOR_TTL_MS = 5 * 60_000;

interface Iterator {
  readonly stream: string;
  readonly shardId: string;
  /** Read what comes after this sequence number. */
  readonly after: string;
  readonly issuedAt: number;
}

const putRecord: Operation = ({ log }, input) => {
  const { StreamName: _name, StreamARN: _arn, SequenceNumberForOrdering: _ordering, ...rest } = input;
  const [placed] = log.append(streamName(input, log), [record(rest)]);
  return { ShardId: placed?.shardId, SequenceNumber: placed?.sequenceNumber };
};

const putRecords: Operation = ({ log }, input) => {
  onlyKnown(input, [...STREAM, 'Records']);
  const placed = log.append(streamName(input, log), records(input));
  return {
    FailedRecordCount: 0,
    Records: placed.map(({ shardId, sequenceNumber }) => ({
      ShardId: shardId,
      SequenceNumber: sequenceNumber,
    })),
  };
};

const describeStreamSummary: Operation = ({ log }, input) => {
  onlyKnown(input, STREAM);
  const shape = log.shape(streamName(input, log));
  return {
    StreamDescriptionSummary: {
      StreamName: shape.name,
      StreamARN: `arn:aws:kinesis:ap-northeast-2:000000000000:stream/${shape.name}`,
      StreamStatus: 'ACTIVE',
      StreamModeDetails: { StreamMode: shape.mode },
      RetentionPeriodHours: shape.retentionHours,
      StreamCreationTimestamp: 0,
      EnhancedMonitoring: [],
      OpenShardCount: shape.shardCount,
      ConsumerCount: 0,
    },
  };
};

const listShards: Operation = ({ log }, input) => {
  onlyKnown(input, [...STREAM, 'MaxResults']);
  const shards = log.shards(streamName(input, log));
  return {
    Shards: shards.map((shardId, index) => {
      const { start, end } = hashRange(index, shards.length);
      return {
        ShardId: shardId,
        HashKeyRange: { StartingHashKey: String(start), EndingHashKey: String(end) },
        SequenceNumberRange: { StartingSequenceNumber: sequenceOf(1) },
      };
    }),
  };
};

const getShardIterator: Operation = ({ log, clock }, input) => {
  onlyKnown(input, [...STREAM, 'ShardId', 'ShardIteratorType', 'StartingSequenceNumber', 'Timestamp']);
  const stream = streamName(input, log);
  const shardId = text(input, 'ShardId');
  if (!log.shards(stream).includes(shardId))
    throw new KinesisError('ResourceNotFoundException', `Shard ${shardId} in stream ${stream} not found`);
  const after = startAfter(log, stream, shardId, input);
  return { ShardIterator: encode({ stream, shardId, after, issuedAt: clock.now() }) };
};

function startAfter(log: StreamLog, stream: string, shardId: string, input: Input): string {
  const type = text(input, 'ShardIteratorType');
  switch (type) {
    case 'TRIM_HORIZON':
      return BEFORE_FIRST;
    case 'LATEST':
      return log.latest(stream, shardId);
    case 'AFTER_SEQUENCE_NUMBER':
      return sequenceNumber(input);
    case 'AT_SEQUENCE_NUMBER':
      return sequenceOf(indexOf(sequenceNumber(input)) - 1);
    case 'AT_TIMESTAMP':
      return beforeInstant(log, stream, shardId, Number(input['Timestamp']) * 1000);
    default:
      throw invalid(`ShardIteratorType ${type} is not known`);
  }
}

function sequenceNumber(input: Input): string {
  const value = text(input, 'StartingSequenceNumber');
  if (!/^49\d{54}$/.test(value)) throw invalid(`StartingSequenceNumber ${value} is invalid`);
  return value;
}

function beforeInstant(log: StreamLog, stream: string, shardId: string, instant: number): string {
  if (!Number.isFinite(instant)) throw invalid('Timestamp is required for AT_TIMESTAMP');
  for (let after = BEFORE_FIRST; ; ) {
    const read = log.read(stream, shardId, after, MAX_GET_RECORDS);
    const found = read.find(({ arrivedAt }) => arrivedAt >= instant);
    if (found) return sequenceOf(indexOf(found.sequenceNumber) - 1);
    const last = read.at(-1);
    if (!last) return after;
    after = last.sequenceNumber;
  }
}

const getRecords: Operation = ({ log, clock }, input) => {
  onlyKnown(input, ['ShardIterator', 'Limit', 'StreamARN']);
  const { stream, shardId, after, issuedAt } = decode(text(input, 'ShardIterator'));
  const now = clock.now();
  if (now - issuedAt > ITERATOR_TTL_MS)
    throw new KinesisError('ExpiredIteratorException', 'The iterator is older than five minutes');
  const limit = Number(input['Limit'] ?? MAX_GET_RECORDS);
  if (!(limit >= 1 && limit <= MAX_GET_RECORDS)) throw invalid(`Limit ${limit} is not in 1…10000`);
  const read = log.read(stream, shardId, after, limit);
  const next = read.at(-1)?.sequenceNumber ?? after;
  const behind =
    next < log.latest(stream, shardId) ? (log.read(stream, shardId, next, 1)[0]?.arrivedAt ?? now) : now;
  return {
    Records: read.map(toWire),
    NextShardIterator: encode({ stream, shardId, after: next, issuedAt: now }),
    MillisBehindLatest: Math.max(0, Math.round(now - behind)),
  };
};

function toWire(stored: LogRecord) {
  return {
    SequenceNumber: stored.sequenceNumber,
    ApproximateArrivalTimestamp: stored.arrivedAt / 1000,
    Data: stored.data.toString('base64'),
    PartitionKey: stored.partitionKey,
    EncryptionType: 'KMS',
  };
}

const encode = (iterator: Iterator): string => Buffer.from(JSON.stringify(iterator)).toString('base64url');

function decode(token: string): Iterator {
  try {
    return JSON.parse(Buffer.from(token, 'base64url').toString()) as Iterator;
  } catch {
    throw invalid('ShardIterator is invalid');
  }
}

/** What the local Kinesis answers; any other operation is refused by name. */
export const OPERATIONS: ReadonlyMap<string, Operation> = new Map(
  Object.entries({
    PutRecord: putRecord,
    PutRecords: putRecords,
    DescribeStreamSummary: describeStreamSummary,
    ListShards: listShards,
    GetShardIterator: getShardIterator,
    GetRecords: getRecords,
  }),
);
