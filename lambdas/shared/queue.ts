import type { Context, SQSBatchResponse, SQSEvent, SQSRecord } from 'aws-lambda';
import type { Ctx } from './context.ts';
import { count, logger } from './telemetry.ts';

/** One message of a queue: its JSON body, how often it was received, and how much time the function has left. */
export interface QueueMessage<Body> {
  readonly body: Body;
  /** 1 on the first delivery. */
  readonly receiveCount: number;
  /** Milliseconds until the function's time runs out. */
  readonly remainingMs: () => number;
}

type Work<Body> = (message: QueueMessage<Body>, ctx: Ctx) => Promise<void>;
export type QueueHandler = (event: SQSEvent, context: Context) => Promise<SQSBatchResponse>;

/**
 * The handler of a queue's function: messages are worked on side by side, each for itself; those that throw go back
 * to the queue (partial batch failure) and to its dead-letter queue in the end.
 */
export function queueHandler<Body>(work: Work<Body>): QueueHandler {
  return async (event, context) => {
    logger.addContext(context);
    const failed = await Promise.all(event.Records.map((record) => worked(work, record, context)));
    return {
      batchItemFailures: failed.flatMap((itemIdentifier) => (itemIdentifier ? [{ itemIdentifier }] : [])),
    };
  };
}

async function worked<Body>(
  work: Work<Body>,
  record: SQSRecord,
  context: Context,
): Promise<string | undefined> {
  const ctx: Ctx = {
    actor: `queue:${record.eventSourceARN.split(':').at(-1)}`,
    requestId: record.messageId,
    now: Date.now(),
    deadline: Date.now() + context.getRemainingTimeInMillis(),
  };
  try {
    await work(
      {
        body: JSON.parse(record.body) as Body,
        receiveCount: Number(record.attributes.ApproximateReceiveCount),
        remainingMs: () => context.getRemainingTimeInMillis(),
      },
      ctx,
    );
    return undefined;
  } catch (error) {
    logger.error('message failed', {
      error: error as Error,
      messageId: record.messageId,
      receives: record.attributes.ApproximateReceiveCount,
    });
    count('MessagesFailed');
    return record.messageId;
  }
}
