import type { Invocation } from '../functions/invocation.ts';

/** Runs a function and waits for its end; a failing function is an answer, not a rejection. */
export interface Invoker {
  invoke(nameOrArn: string, event: unknown): Promise<Invocation>;
}

/** A message as SQS hands it to Lambda. */
export interface QueueMessage {
  readonly messageId: string;
  readonly receiptHandle: string;
  readonly body: string;
  readonly md5OfBody: string;
  readonly attributes: object;
  readonly messageAttributes: object;
}

/** What a poller needs of SQS. A queue is named by name, ARN or URL. */
export interface Queues {
  /** Up to `max` (≤ 10) messages, waiting at most `waitMs` for the first. */
  receive(queue: string, max: number, waitMs: number): Promise<readonly QueueMessage[]>;
  delete(queue: string, receiptHandles: readonly string[]): void;
  send(queue: string, body: string): void;
}

export interface StreamRecord {
  readonly sequenceNumber: string;
  readonly partitionKey: string;
  readonly data: Buffer;
  /** Epoch ms. */
  readonly arrivedAt: number;
}

/** What a poller needs of Kinesis. Sequence numbers compare as text. */
export interface Streams {
  shards(stream: string): readonly string[];
  /** Sequence number of the last record of a shard; one below all others when there is none. */
  latest(stream: string, shardId: string): string;
  /** Records after `afterSequence` (undefined: from the oldest), in order. */
  read(stream: string, shardId: string, afterSequence: string | undefined, limit: number): StreamRecord[];
  /** Calls back after each append; returns how to stop. */
  onAppend(listener: (stream: string, shardId: string) => void): () => void;
}

/** Where a stream's consumer goes on after a restart. */
export interface Checkpoints {
  /** Undefined when this mapping never took a record of the shard. */
  load(mapping: string, shardId: string): Promise<string | undefined>;
  save(mapping: string, shardId: string, sequenceNumber: string): Promise<void>;
}

/** A running event source mapping. */
export interface Source {
  readonly name: string;
  /** Takes no new work; what is being worked on goes on. */
  stop(): Promise<void>;
}
