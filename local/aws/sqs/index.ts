import type { AddressInfo } from 'node:net';
import { fauxqs, type SqsQueue, type SqsStore } from './fauxqs.ts';
import { attributesOf, queueArn, queueName, queueOf, queueUrl } from './queue.ts';
import { refuseUnknown } from './refuse-unknown.ts';

interface SqsOptions {
  /** Resolved properties of AWS::SQS::Queue. */
  readonly queues: readonly unknown[];
  readonly port?: number;
}

/** A message as a Lambda event source hands it on (`SQSRecord` without the poller's own fields). */
export interface ReceivedMessage {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly md5OfBody: string;
  readonly attributes: {
    readonly ApproximateReceiveCount: string;
    readonly SentTimestamp: string;
    readonly SenderId: string;
    readonly ApproximateFirstReceiveTimestamp: string;
  };
  readonly messageAttributes: Readonly<Record<string, unknown>>;
}

export interface Sqs {
  readonly url: string;
  /** Queue URL by queue name. The host is 127.0.0.1, because the SQS client calls the URL's own host. */
  readonly queueUrls: Readonly<Record<string, string>>;
  /** Takes up to `max` (≤ 10) messages, waiting at most `waitMs` for the first. A queue is named by name, ARN or URL. */
  receive(queue: string, max?: number, waitMs?: number): Promise<ReceivedMessage[]>;
  delete(queue: string, receiptHandles: readonly string[]): void;
  /** Makes a received message visible again after `seconds`. */
  changeVisibility(queue: string, receiptHandle: string, seconds: number): void;
  send(queue: string, body: string, delaySeconds?: number): void;
  counts(queue: string): { readonly ready: number; readonly delayed: number; readonly inFlight: number };
  /** Lets `ms` of the local clock pass for delays and visibility timeouts. */
  advance(ms: number): void;
  close(): Promise<void>;
}

function received(queue: SqsQueue, max: number, store: SqsStore): ReceivedMessage[] {
  const taken = queue.dequeue(max, undefined, (arn) => store.getQueueByArn(arn));
  return taken.flatMap(({ MessageId, ReceiptHandle, Body, MD5OfBody, MessageAttributes }) => {
    const message = queue.inflightMessages.get(ReceiptHandle)?.message;
    if (!message) return [];
    const attributes = {
      ApproximateReceiveCount: String(message.approximateReceiveCount),
      SentTimestamp: String(message.sentTimestamp),
      SenderId: '000000000000',
      ApproximateFirstReceiveTimestamp: String(
        message.approximateFirstReceiveTimestamp ?? message.sentTimestamp,
      ),
    };
    return [
      {
        messageId: MessageId,
        receiptHandle: ReceiptHandle,
        body: Body,
        md5OfBody: MD5OfBody,
        attributes,
        messageAttributes: MessageAttributes ?? {},
      },
    ];
  });
}

function advance(queue: SqsQueue, ms: number): void {
  for (const message of queue.delayedMessages) if (message.delayUntil !== undefined) message.delayUntil -= ms;
  for (const entry of queue.inflightMessages.values()) entry.visibilityDeadline -= ms;
  queue.processTimers();
}

/** SQS in memory: visibility timeout, redrive to the dead-letter queue and delays as the template gives them. */
export async function startSqs(options: SqsOptions): Promise<Sqs> {
  const { app, store } = await fauxqs();
  refuseUnknown(app);
  const queues = options.queues.map(queueOf);
  await app.listen({ port: options.port ?? 0, host: '127.0.0.1' });
  const { port } = app.server.address() as AddressInfo;
  app.server.keepAliveTimeout = 120_000;
  const queueUrls: Record<string, string> = {};
  for (const queue of queues) {
    const url = queueUrl(port, queue.QueueName);
    store.createQueue(queue.QueueName, url, queueArn(queue.QueueName), attributesOf(queue));
    queueUrls[queue.QueueName] = url;
  }
  const find = (reference: string): SqsQueue => {
    const queue = store.getQueueByName(queueName(reference));
    if (!queue) throw new Error(`There is no queue ${reference}`);
    return queue;
  };
  return {
    url: `http://127.0.0.1:${port}`,
    queueUrls,
    async receive(reference, max = 10, waitMs = 0) {
      const queue = find(reference);
      const first = received(queue, max, store);
      if (first.length > 0 || waitMs === 0) return first;
      await queue.waitForMessages(waitMs / 1000);
      return received(queue, max, store);
    },
    delete(reference, receiptHandles) {
      for (const handle of receiptHandles) find(reference).deleteMessage(handle);
    },
    changeVisibility: (reference, handle, seconds) => find(reference).changeVisibility(handle, seconds),
    send(reference, body, delaySeconds) {
      const Store = store.constructor as typeof store.constructor & {
        createMessage(
          body: string,
          attributes: object,
          delaySeconds?: number,
        ): Parameters<SqsQueue['enqueue']>[0];
      };
      find(reference).enqueue(Store.createMessage(body, {}, delaySeconds));
    },
    counts(reference) {
      const { ready, delayed, inflight } = find(reference).inspectMessages();
      return { ready: ready.length, delayed: delayed.length, inFlight: inflight.length };
    },
    advance(ms) {
      for (const queue of store.listQueues()) advance(queue, ms);
    },
    async close() {
      store.shutdown();
      await app.close();
    },
  };
}
