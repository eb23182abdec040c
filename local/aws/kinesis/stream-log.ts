import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Clock } from '../../clock.ts';
import type { StoredRecord } from './segment.ts';
import { ShardLog } from './shard-log.ts';
import type { StreamShape } from './stream-properties.ts';

export interface LogRecord {
  readonly sequenceNumber: string;
  readonly partitionKey: string;
  readonly data: Buffer;
  /** Epoch ms of the local clock. */
  readonly arrivedAt: number;
}

export interface NewLogRecord {
  readonly partitionKey: string;
  readonly data: Buffer;
  /** Decimal 128-bit number that takes the place of the key's hash. */
  readonly explicitHashKey?: string;
}

export interface Placed {
  readonly shardId: string;
  readonly sequenceNumber: string;
}

export type AppendListener = (stream: string, shardId: string, bytes: number) => void;

const READ_BYTES = 10 * 1024 * 1024;
const HASH_SPACE = 1n << 128n;

/** Sequence numbers are 56 digits, so that comparing them as text is comparing their order. */
export const sequenceOf = (index: number): string => `49${String(index).padStart(54, '0')}`;
export const indexOf = (sequenceNumber: string): number => Number(sequenceNumber.slice(2));
/** Reading after this one reads from the oldest record on. */
export const BEFORE_FIRST = sequenceOf(0);

export const shardIdOf = (index: number): string => `shardId-${String(index).padStart(12, '0')}`;

interface Stream {
  readonly shape: StreamShape;
  readonly shards: ReadonlyMap<string, ShardLog>;
}

/** Every stream of the local system on disk, for the wire server and for readers in the same process. */
export class StreamLog {
  private readonly clock: Clock;
  private readonly streamsByName: ReadonlyMap<string, Stream>;
  private readonly listeners = new Set<AppendListener>();

  constructor(options: {
    dir: string;
    streams: readonly StreamShape[];
    clock: Clock;
    segmentBytes?: number;
  }) {
    this.clock = options.clock;
    const segmentBytes = options.segmentBytes ?? 64 * 1024 * 1024;
    this.streamsByName = new Map(
      options.streams.map((shape) => [shape.name, openStream(options.dir, shape, segmentBytes)]),
    );
  }

  streams(): string[] {
    return [...this.streamsByName.keys()];
  }

  has(stream: string): boolean {
    return this.streamsByName.has(stream);
  }

  shape(stream: string): StreamShape {
    return this.stream(stream).shape;
  }

  shards(stream: string): string[] {
    return [...this.stream(stream).shards.keys()];
  }

  /** Sequence number of the shard's last record, BEFORE_FIRST when it has none. */
  latest(stream: string, shardId: string): string {
    return sequenceOf(this.shard(stream, shardId).lastIndex);
  }

  /** True when `sequenceNumber` comes after `other` in its shard; undefined is before all. */
  isAfter(sequenceNumber: string, other: string | undefined): boolean {
    return sequenceNumber > (other ?? BEFORE_FIRST);
  }

  /** Records after `afterSequence` (undefined: from the oldest kept), at most `limit` and about 10 MiB, in order. */
  read(stream: string, shardId: string, afterSequence: string | undefined, limit: number): LogRecord[] {
    const after = afterSequence === undefined ? 0 : indexOf(afterSequence);
    return this.shard(stream, shardId).read(after, limit, READ_BYTES).map(toLogRecord);
  }

  /** Appends durably, in order within a shard; answers where each record went, in the order given. */
  append(stream: string, records: readonly NewLogRecord[]): Placed[] {
    const { shards } = this.stream(stream);
    const shardIds = [...shards.keys()];
    const placed: Placed[] = [];
    const byShard = new Map<string, { positions: number[]; records: NewLogRecord[] }>();
    for (const [position, record] of records.entries()) {
      const shardId = shardIds[shardIndex(record, shardIds.length)] ?? shardIdOf(0);
      const group = byShard.get(shardId) ?? { positions: [], records: [] };
      group.positions.push(position);
      group.records.push(record);
      byShard.set(shardId, group);
    }
    for (const [shardId, group] of byShard) {
      const first = this.shard(stream, shardId).append(group.records, this.clock.now());
      for (const [offset, position] of group.positions.entries())
        placed[position] = { shardId, sequenceNumber: sequenceOf(first + offset) };
      const bytes = group.records.reduce((sum, { data }) => sum + data.length, 0);
      for (const listener of this.listeners) listener(stream, shardId, bytes);
    }
    return placed;
  }

  /** Calls `listener` after each append, in the same turn; returns how to stop. */
  onAppend(listener: AppendListener): () => void {
    this.listeners.add(listener);
    return () => void this.listeners.delete(listener);
  }

  close(): void {
    for (const { shards } of this.streamsByName.values()) for (const shard of shards.values()) shard.close();
  }

  private stream(name: string): Stream {
    const stream = this.streamsByName.get(name);
    if (!stream) throw new Error(`There is no stream ${name}; there are ${this.streams().join(', ')}`);
    return stream;
  }

  private shard(stream: string, shardId: string): ShardLog {
    const shard = this.stream(stream).shards.get(shardId);
    if (!shard) throw new Error(`Stream ${stream} has no shard ${shardId}`);
    return shard;
  }
}

function toLogRecord({ index, ...record }: StoredRecord): LogRecord {
  return { sequenceNumber: sequenceOf(index), ...record };
}

/** Shards share the 128-bit hash space evenly, as a stream that was never resharded does. */
export function hashRange(index: number, count: number): { start: bigint; end: bigint } {
  const width = HASH_SPACE / BigInt(count);
  const start = width * BigInt(index);
  return { start, end: index === count - 1 ? HASH_SPACE - 1n : start + width - 1n };
}

function shardIndex({ partitionKey, explicitHashKey }: NewLogRecord, count: number): number {
  const hash = explicitHashKey
    ? BigInt(explicitHashKey)
    : BigInt(`0x${createHash('md5').update(partitionKey).digest('hex')}`);
  return Math.min(Number(hash / (HASH_SPACE / BigInt(count))), count - 1);
}

function openStream(dir: string, shape: StreamShape, segmentBytes: number): Stream {
  const streamDir = join(dir, shape.name);
  mkdirSync(streamDir, { recursive: true });
  const found = readdirSync(streamDir).length;
  if (found !== 0 && found !== shape.shardCount)
    throw new Error(
      `${streamDir} has ${found} shards and the template wants ${shape.shardCount}: the local Kinesis does not reshard; delete the folder to begin anew`,
    );
  const retentionMs = shape.retentionHours * 3_600_000;
  const shards = Array.from({ length: shape.shardCount }, (_, index) => {
    const shardId = shardIdOf(index);
    return [shardId, new ShardLog({ dir: join(streamDir, shardId), segmentBytes, retentionMs })] as const;
  });
  return { shape, shards: new Map(shards) };
}
