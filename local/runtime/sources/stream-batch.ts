import type { Invocation } from '../functions/invocation.ts';
import type { StreamMapping } from './mapping.ts';
import type { StreamRecord } from './ports.ts';

/** A batch must fit Lambda's request of 6 MB, where data travels as base64 with some 400 bytes around each record. */
const MAX_BATCH_BYTES = 6_000_000;
const RECORD_OVERHEAD_BYTES = 450;

/** The longest head of `records` that one invocation can carry; at least one record. */
export function fitting(records: readonly StreamRecord[]): readonly StreamRecord[] {
  let bytes = 0;
  const end = records.findIndex(({ data, partitionKey }) => {
    bytes += Math.ceil(data.length / 3) * 4 + partitionKey.length + RECORD_OVERHEAD_BYTES;
    return bytes > MAX_BATCH_BYTES;
  });
  return end < 0 ? records : records.slice(0, Math.max(1, end));
}

/** The event Lambda gives a Kinesis consumer. */
export function streamEvent(
  { sourceArn }: StreamMapping,
  shardId: string,
  records: readonly StreamRecord[],
): object {
  const [, , , region, accountId] = sourceArn.split(':');
  return {
    Records: records.map(({ sequenceNumber, partitionKey, data, arrivedAt }) => ({
      kinesis: {
        kinesisSchemaVersion: '1.0',
        partitionKey,
        sequenceNumber,
        data: data.toString('base64'),
        approximateArrivalTimestamp: arrivedAt / 1000,
      },
      eventSource: 'aws:kinesis',
      eventVersion: '1.0',
      eventID: `${shardId}:${sequenceNumber}`,
      eventName: 'aws:kinesis:record',
      invokeIdentityArn: `arn:aws:iam::${accountId}:role/local`,
      awsRegion: region,
      eventSourceARN: sourceArn,
    })),
  };
}

/** What Lambda tells an on-failure destination: where the records given up lie in the stream, not the records. */
export function failureNotice(given: {
  mapping: StreamMapping;
  shardId: string;
  records: readonly StreamRecord[];
  condition: 'RetryAttemptsExhausted' | 'RecordAgeExceeded';
  invocation: Pick<Invocation, 'requestId'> | undefined;
  invokeCount: number;
  now: number;
}): object {
  const { mapping, shardId, records } = given;
  const [first, last] = [records[0], records.at(-1)];
  return {
    requestContext: {
      requestId: given.invocation?.requestId,
      functionArn: mapping.functionName,
      condition: given.condition,
      approximateInvokeCount: given.invokeCount,
    },
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    version: '1.0',
    timestamp: new Date(given.now).toISOString(),
    KinesisBatchInfo: {
      shardId,
      startSequenceNumber: first?.sequenceNumber,
      endSequenceNumber: last?.sequenceNumber,
      approximateArrivalOfFirstRecord: new Date(first?.arrivedAt ?? 0).toISOString(),
      approximateArrivalOfLastRecord: new Date(last?.arrivedAt ?? 0).toISOString(),
      batchSize: records.length,
      streamArn: mapping.sourceArn,
    },
  };
}
