import { outcomeOf } from './item-failures.ts';
import type { QueueMapping } from './mapping.ts';
import type { Invoker, QueueMessage, Queues, Source } from './ports.ts';

/** SQS hands out at most ten messages a call. */
const MAX_RECEIVE = 10;
/**
 * Longest wait of one receive; a message ends it at once. Shorter than Lambda's 20 s because a stop waits for it: a
 * receive given up would still take a message, and hide it.
 */
const WAIT_MS = 500;

interface QueueSourceDeps {
  readonly queues: Queues;
  readonly functions: Invoker;
  readonly region: string;
  /** Whether a message of the queue is to come once more. */
  readonly repeats?: (queueArn: string) => boolean;
}

/**
 * Polls one queue for one function as Lambda's SQS event source does: what succeeded is deleted, what failed stays
 * invisible until its visibility timeout ends (and goes to the dead-letter queue by the queue's redrive policy).
 */
export function startQueueSource(mapping: QueueMapping, deps: QueueSourceDeps): Source {
  let stopping = false;
  const receive = (max: number, waitMs: number): Promise<readonly QueueMessage[]> =>
    deps.queues.receive(mapping.sourceArn, Math.min(max, MAX_RECEIVE), waitMs);

  const poller = async (): Promise<void> => {
    while (!stopping) {
      const batch = await collect(mapping, receive);
      if (batch.length > 0) await work(mapping, deps, batch);
    }
  };
  const pollers = Array.from({ length: mapping.concurrency }, () => poller());
  return {
    name: mapping.name,
    async stop() {
      stopping = true;
      await Promise.all(pollers);
    },
  };
}

/** A full batch, or what came within the batching window. */
async function collect(
  { batchSize, windowMs }: QueueMapping,
  receive: (max: number, waitMs: number) => Promise<readonly QueueMessage[]>,
): Promise<QueueMessage[]> {
  const batch = [...(await receive(batchSize, WAIT_MS))];
  const until = performance.now() + windowMs;
  while (batch.length > 0 && batch.length < batchSize) {
    const left = until - performance.now();
    // Batches above ten are put together from several receives even without a window.
    const more = await receive(batchSize - batch.length, Math.max(0, left));
    batch.push(...more);
    if (more.length === 0 && performance.now() >= until) break;
  }
  return batch;
}

async function work(
  mapping: QueueMapping,
  { queues, functions, region, repeats }: QueueSourceDeps,
  batch: readonly QueueMessage[],
): Promise<void> {
  const Records = batch.map((message) => ({
    ...message,
    eventSource: 'aws:sqs',
    eventSourceARN: mapping.sourceArn,
    awsRegion: region,
  }));
  for (const { body } of batch) if (repeats?.(mapping.sourceArn)) queues.send(mapping.sourceArn, body);
  const invocation = await functions.invoke(mapping.functionName, { Records });
  const outcome = outcomeOf(
    invocation,
    mapping.reportsItemFailures,
    batch.map(({ messageId }) => messageId),
  );
  if (outcome === 'failed') return;
  const done = outcome === 'done' ? batch : batch.filter(({ messageId }) => !outcome.has(messageId));
  queues.delete(
    mapping.sourceArn,
    done.map(({ receiptHandle }) => receiptHandle),
  );
}
