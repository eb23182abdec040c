import { mkdirSync, readdirSync } from 'node:fs';
import { firstIndexOf, type NewRecord, Segment, type StoredRecord } from './segment.ts';

export interface ShardLogOptions {
  readonly dir: string;
  /** A new segment is begun past this size. */
  readonly segmentBytes: number;
  /** A full segment whose last write is older than this (real time) is deleted when the next one begins. */
  readonly retentionMs: number;
}

/** The durable log of one shard: segments of consecutive records. */
export class ShardLog {
  private readonly options: ShardLogOptions;
  private readonly segments: Segment[];

  constructor(options: ShardLogOptions) {
    this.options = options;
    mkdirSync(options.dir, { recursive: true });
    const firsts = readdirSync(options.dir)
      .flatMap((name) => firstIndexOf(name) ?? [])
      .sort((a, b) => a - b);
    this.segments = (firsts.length > 0 ? firsts : [1]).map((first) => new Segment(options.dir, first));
  }

  /** Index of the last record; 0 when there has been none. */
  get lastIndex(): number {
    return this.active.nextIndex - 1;
  }

  /** Index of the oldest record still kept. */
  get firstIndex(): number {
    return this.segments[0]?.firstIndex ?? 1;
  }

  /** Appends in order; returns the index of the first one. */
  append(records: readonly NewRecord[], arrivedAt: number): number {
    if (this.active.bytes >= this.options.segmentBytes) this.roll();
    const first = this.active.nextIndex;
    this.active.append(records, arrivedAt);
    return first;
  }

  /** Up to `limit` records with an index above `after`; trimmed ones are passed over. */
  read(after: number, limit: number, maxBytes: number): StoredRecord[] {
    const records: StoredRecord[] = [];
    let index = Math.max(after + 1, this.firstIndex);
    let bytes = 0;
    for (const segment of this.segments) {
      if (segment.nextIndex <= index) continue;
      if (records.length >= limit || (records.length > 0 && bytes >= maxBytes)) break;
      for (const record of segment.read(index, limit - records.length, maxBytes - bytes)) {
        records.push(record);
        bytes += record.data.length;
      }
      if (segment.nextIndex > (records.at(-1)?.index ?? 0) + 1) break;
      index = segment.nextIndex;
    }
    return records;
  }

  close(): void {
    for (const segment of this.segments) segment.close();
  }

  private get active(): Segment {
    const last = this.segments.at(-1);
    if (!last) throw new Error(`${this.options.dir}: a shard always has a segment`);
    return last;
  }

  private roll(): void {
    this.segments.push(new Segment(this.options.dir, this.active.nextIndex));
    // Real time, not the local clock: a test that moves the clock by days must not lose what nobody read yet.
    const oldest = Date.now() - this.options.retentionMs;
    while (this.segments.length > 1 && (this.segments[0]?.writtenAt ?? oldest) < oldest)
      this.segments.shift()?.remove();
  }
}
