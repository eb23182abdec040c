import type {
  Context,
  KinesisStreamBatchResponse,
  KinesisStreamEvent,
  KinesisStreamRecordPayload,
} from 'aws-lambda';
import type { Ctx } from './context.ts';
import { count, logger } from './telemetry.ts';

export type StreamHandler = (
  event: KinesisStreamEvent,
  context: Context,
) => Promise<KinesisStreamBatchResponse>;

/** A line of a record that is not JSON, or none of what is read here: told to the caller, never dropped in silence. */
export interface BadLine {
  readonly sequenceNumber: string;
  readonly line: string;
  /** When its record came into the stream, epoch milliseconds. */
  readonly arrivedMs: number;
  readonly reason: string;
}

/**
 * The handler of a Kinesis stream whose records hold one JSON document a line (many events in one record, because
 * billing rounds each record up). `work` gets all lines of the batch in order; when it throws, the batch comes again,
 * whole or in halves, so `work` must be idempotent. What `isLine` refuses is told as bad.
 */
export function streamHandler<Line>(
  work: (lines: Line[], bad: BadLine[], ctx: Ctx) => Promise<void>,
  isLine: (value: unknown) => value is Line,
): StreamHandler {
  return async (event, context) => {
    logger.addContext(context);
    const lines: Line[] = [];
    const bad: BadLine[] = [];
    for (const { kinesis } of event.Records) {
      for (const line of Buffer.from(kinesis.data, 'base64').toString('utf8').split('\n')) {
        if (line === '') continue;
        const read = readLine(line, isLine);
        if (read.reason === undefined) lines.push(read.value);
        else bad.push({ ...placeOf(kinesis), line, reason: read.reason });
      }
    }
    try {
      await work(lines, bad, {
        actor: 'stream',
        requestId: context.awsRequestId,
        now: Date.now(),
        deadline: Date.now() + context.getRemainingTimeInMillis(),
      });
      count('LinesRead', lines.length);
      count('BadLines', bad.length);
      return { batchItemFailures: [] };
    } catch (error) {
      logger.error('batch failed', { error: error as Error, records: event.Records.length });
      // Only a failed invocation makes the event source halve the batch and so find the record that is bad; to name
      // the first record as failed would repeat the whole batch until all of it is given up.
      throw error;
    }
  };
}

const placeOf = ({ sequenceNumber, approximateArrivalTimestamp: seconds }: KinesisStreamRecordPayload) => ({
  sequenceNumber,
  arrivedMs: Math.floor(seconds * 1000),
});

type Read<Line> =
  | { readonly value: Line; readonly reason?: never }
  | { readonly reason: string; readonly value?: never };

function readLine<Line>(line: string, isLine: (value: unknown) => value is Line): Read<Line> {
  try {
    const value: unknown = JSON.parse(line);
    return isLine(value) ? { value } : { reason: 'The line is no row of the stream' };
  } catch (error) {
    return { reason: `The line is no JSON: ${(error as Error).message}` };
  }
}
