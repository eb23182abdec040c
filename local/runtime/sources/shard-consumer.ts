import type { Clock } from '../../clock.ts';
import type { Invocation } from '../functions/invocation.ts';
import { outcomeOf } from './item-failures.ts';
import type { StreamMapping } from './mapping.ts';
import type { Checkpoints, Invoker, Queues, StreamRecord, Streams } from './ports.ts';
import { failureNotice, fitting, streamEvent } from './stream-batch.ts';

/** Pause before a retry, in ms: doubled each time. */
const FIRST_BACKOFF_MS = 100;
const LONGEST_BACKOFF_MS = 10_000;

export interface StreamSourceDeps {
  readonly streams: Streams;
  readonly queues: Pick<Queues, 'send'>;
  readonly functions: Invoker;
  readonly checkpoints: Checkpoints;
  readonly clock: Clock;
}

/**
 * Reads one shard in order for one function, one batch after the other, as Lambda's Kinesis event source does:
 * retries with bisection, partial failures, an on-failure destination, and a checkpoint after each piece of progress.
 */
export class ShardConsumer {
  readonly shardId: string;
  private readonly mapping: StreamMapping;
  private readonly deps: StreamSourceDeps;
  private readonly stream: string;
  private position: string | undefined;
  private stopping = false;
  private wake: () => void = () => undefined;

  constructor(mapping: StreamMapping, shardId: string, deps: StreamSourceDeps) {
    this.mapping = mapping;
    this.shardId = shardId;
    this.deps = deps;
    this.stream = mapping.sourceArn.slice(mapping.sourceArn.indexOf('/') + 1);
  }

  /** Runs until `stop`. */
  async run(): Promise<void> {
    await this.begin();
    while (!this.stopping) {
      const records = await this.batch();
      if (records.length > 0 && !this.stopping) await this.work(fitting(records));
    }
  }

  stop(): void {
    this.stopping = true;
    this.wake();
  }

  /** New records may be there. */
  appended(): void {
    this.wake();
  }

  /** Whether every record up to `sequenceNumber` is done with. */
  isPast(sequenceNumber: string): boolean {
    return (this.position ?? '') >= sequenceNumber;
  }

  get streamName(): string {
    return this.stream;
  }

  private async begin(): Promise<void> {
    const { checkpoints, streams } = this.deps;
    this.position = await checkpoints.load(this.mapping.name, this.shardId);
    if (this.position === undefined && this.mapping.startsAt === 'LATEST')
      await this.commit(streams.latest(this.stream, this.shardId));
  }

  private read(): StreamRecord[] {
    return this.deps.streams.read(this.stream, this.shardId, this.position, this.mapping.batchSize);
  }

  /** What there is to read, after the batching window when it does not fill a batch yet. Empty after a while without any. */
  private async batch(): Promise<readonly StreamRecord[]> {
    let records = this.read();
    if (records.length === 0) {
      await this.pause();
      records = this.read();
    }
    const until = performance.now() + this.mapping.windowMs;
    while (records.length > 0 && isShort(records, this.mapping) && !this.stopping) {
      const left = until - performance.now();
      if (left <= 0) break;
      await this.pause(left);
      records = this.read();
    }
    return records;
  }

  /** Waits for `wake`, at most `ms`. */
  private pause(ms = 1_000): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }

  /** Works on `batch` until every record of it is done or given up; a stop leaves the rest to the next start. */
  private async work(batch: readonly StreamRecord[]): Promise<void> {
    let rest = batch;
    for (let failures = 0; rest.length > 0 && !this.stopping; ) {
      rest = await this.withoutExpired(rest);
      if (rest.length === 0) return;
      const event = streamEvent(this.mapping, this.shardId, rest);
      const invocation = await this.deps.functions.invoke(this.mapping.functionName, event);
      const done = this.doneOf(rest, invocation);
      if (done > 0) {
        await this.commit(rest[done - 1]?.sequenceNumber);
        rest = rest.slice(done);
        failures = 0;
        continue;
      }
      if (this.mapping.bisects && rest.length > 1) {
        const half = Math.ceil(rest.length / 2);
        await this.work(rest.slice(0, half));
        await this.work(rest.slice(half));
        return;
      }
      failures += 1;
      if (this.mapping.maxRetries !== undefined && failures > this.mapping.maxRetries)
        return this.giveUp(rest, 'RetryAttemptsExhausted', failures, invocation);
      await this.backOff(failures);
    }
  }

  /** How many records from the start of the batch are done: progress stops at the lowest failed sequence number. */
  private doneOf(records: readonly StreamRecord[], invocation: Invocation): number {
    const identifiers = records.map(({ sequenceNumber }) => sequenceNumber);
    const outcome = outcomeOf(invocation, this.mapping.reportsItemFailures, identifiers);
    if (outcome === 'done') return records.length;
    if (outcome === 'failed') return 0;
    return identifiers.findIndex((identifier) => outcome.has(identifier));
  }

  private async withoutExpired(records: readonly StreamRecord[]): Promise<readonly StreamRecord[]> {
    const { maxAgeMs } = this.mapping;
    if (maxAgeMs === undefined) return records;
    const oldest = this.deps.clock.now() - maxAgeMs;
    const firstKept = records.findIndex(({ arrivedAt }) => arrivedAt >= oldest);
    const expired = firstKept < 0 ? records : records.slice(0, firstKept);
    if (expired.length > 0) await this.giveUp(expired, 'RecordAgeExceeded', 0, undefined);
    return records.slice(expired.length);
  }

  private async giveUp(
    records: readonly StreamRecord[],
    condition: 'RetryAttemptsExhausted' | 'RecordAgeExceeded',
    invokeCount: number,
    invocation: Invocation | undefined,
  ): Promise<void> {
    const { mapping, shardId } = this;
    const now = this.deps.clock.now();
    if (mapping.onFailureArn !== undefined) {
      const notice = failureNotice({ mapping, shardId, records, condition, invokeCount, invocation, now });
      this.deps.queues.send(mapping.onFailureArn, JSON.stringify(notice));
    }
    await this.commit(records.at(-1)?.sequenceNumber);
  }

  private async commit(sequenceNumber: string | undefined): Promise<void> {
    if (sequenceNumber === undefined) return;
    await this.deps.checkpoints.save(this.mapping.name, this.shardId, sequenceNumber);
    this.position = sequenceNumber;
  }

  private async backOff(failures: number): Promise<void> {
    const ms = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** (failures - 1));
    const until = performance.now() + ms;
    while (!this.stopping && performance.now() < until) await this.pause(until - performance.now());
  }
}

const isShort = (records: readonly StreamRecord[], { batchSize }: StreamMapping): boolean =>
  records.length < batchSize && fitting(records).length === records.length;
