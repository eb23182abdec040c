import { setImmediate as nextTurn } from 'node:timers/promises';
import type { LogRecord, StreamLog } from '../kinesis/index.ts';
import { Batch } from './batch.ts';
import { type RowConverter, rowConverter } from './convert.ts';
import type { DeliveryShape } from './delivery-shape.ts';
import type { LakeFiles } from './lake-files.ts';
import type { Intent, Positions, Progress } from './progress.ts';

/** One batch takes about this much of the stream: what is held in memory, and what a crash does again. */
const BATCH_BYTES = 16 * 1024 * 1024;
const READ_RECORDS = 200;

export interface DeliveryDeps {
  readonly log: StreamLog;
  readonly progress: Progress;
  readonly files: LakeFiles;
}

/** Carries one stream into the lake, batch after batch. */
export class Delivery {
  readonly shape: DeliveryShape;
  private readonly deps: DeliveryDeps;
  private readonly convert: RowConverter;
  private queue: Promise<void> = Promise.resolve();
  private stopped = false;

  constructor(shape: DeliveryShape, deps: DeliveryDeps) {
    this.shape = shape;
    this.deps = deps;
    this.convert = rowConverter(shape.columns);
  }

  /** Resolves when everything that is in the stream now is in the lake. Calls run one after the other. */
  drain(): Promise<void> {
    const drained = this.queue.catch(() => undefined).then(() => this.drainTo(this.ends()));
    this.queue = drained;
    return drained;
  }

  /** Resolves when nothing is being written any more; the rest stays in the stream. */
  async stop(): Promise<void> {
    this.stopped = true;
    await this.queue.catch(() => undefined);
  }

  get isBehind(): boolean {
    return this.lacks(this.ends());
  }

  private ends(): Positions {
    const { sourceStream } = this.shape;
    const { log } = this.deps;
    return Object.fromEntries(
      log.shards(sourceStream).map((shard) => [shard, log.latest(sourceStream, shard)]),
    );
  }

  private lacks(ends: Positions): boolean {
    const { checkpoint } = this.deps.progress;
    return Object.entries(ends).some(([shard, end]) => this.deps.log.isAfter(end, checkpoint[shard]));
  }

  private async drainTo(ends: Positions): Promise<void> {
    const { progress } = this.deps;
    const unfinished = progress.unfinished;
    if (unfinished) await this.deliver(unfinished, this.readRange(unfinished));
    while (this.lacks(ends) && !this.stopped) {
      const { intent, records } = this.nextBatch();
      if (records.length === 0) return;
      progress.begin(intent);
      await this.deliver(intent, records);
    }
  }

  private async deliver(intent: Intent, records: readonly LogRecord[]): Promise<void> {
    const batch = new Batch(this.shape, this.convert);
    for (const record of records) {
      batch.add(record);
      await nextTurn(); // Five hundred lines at a time: the front door is served in between.
    }
    await this.deps.files.write(batch, intent);
    this.deps.progress.finish(intent);
  }

  /** The next records, shard after shard, and the range they are. */
  private nextBatch(): { intent: Intent; records: LogRecord[] } {
    const { log, progress } = this.deps;
    const from = progress.checkpoint;
    const through: Record<string, string> = {};
    const records: LogRecord[] = [];
    let bytes = 0;
    for (const shard of log.shards(this.shape.sourceStream)) {
      while (bytes < BATCH_BYTES) {
        const read = log.read(this.shape.sourceStream, shard, through[shard] ?? from[shard], READ_RECORDS);
        const last = read.at(-1);
        if (!last) break;
        through[shard] = last.sequenceNumber;
        for (const record of read) bytes += record.data.length;
        records.push(...read);
      }
    }
    const at = Math.min(...records.map(({ arrivedAt }) => arrivedAt));
    return { intent: { from, through, at }, records };
  }

  private readRange({ from, through }: Intent): LogRecord[] {
    const { log } = this.deps;
    return Object.entries(through).flatMap(([shard, end]) => {
      const records: LogRecord[] = [];
      for (let after = from[shard]; ; ) {
        const read = log.read(this.shape.sourceStream, shard, after, READ_RECORDS);
        const wanted = read.filter(({ sequenceNumber }) => !log.isAfter(sequenceNumber, end));
        records.push(...wanted);
        if (wanted.length < read.length || read.length === 0) return records;
        after = read.at(-1)?.sequenceNumber;
      }
    });
  }
}
