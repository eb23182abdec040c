import {
  closeSync,
  fstatSync,
  ftruncateSync,
  openSync,
  readFileSync,
  readSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';
import { crc32 } from 'node:zlib';

/** One record as it lies in the log. `index` counts the records of its shard from 1. */
export interface StoredRecord {
  readonly index: number;
  readonly arrivedAt: number;
  readonly partitionKey: string;
  readonly data: Buffer;
}

export interface NewRecord {
  readonly partitionKey: string;
  readonly data: Buffer;
}

/** Frame: u32 length of what follows the header, u32 crc of it, then f64 arrival, u16 key length, key, data. */
const HEADER_BYTES = 8;
const FIXED_BYTES = 10;
const NAME = /^(\d{16})\.log$/;

/** `<index of its first record>.log`: the name alone orders the segments of a shard. */
export const segmentName = (firstIndex: number): string => `${String(firstIndex).padStart(16, '0')}.log`;
export const firstIndexOf = (name: string): number | undefined => {
  const digits = NAME.exec(name)?.[1];
  return digits === undefined ? undefined : Number(digits);
};

/** An append-only file of consecutive records. A record is in once `append` returned: it survives a SIGKILL. */
export class Segment {
  readonly firstIndex: number;
  readonly path: string;
  /** Where each record starts; the last entry is the end of the file. */
  private readonly offsets: number[] = [0];
  private readonly fd: number;

  constructor(dir: string, firstIndex: number) {
    this.firstIndex = firstIndex;
    this.path = join(dir, segmentName(firstIndex));
    this.fd = openSync(this.path, 'a+');
    this.recover();
  }

  get bytes(): number {
    return this.offsets.at(-1) ?? 0;
  }

  get nextIndex(): number {
    return this.firstIndex + this.offsets.length - 1;
  }

  /** Real time of the last write, epoch ms. */
  get writtenAt(): number {
    return statSync(this.path).mtimeMs;
  }

  /** All of the records, or none and an error: on a full disk the half of a frame would stand before all that follows. */
  append(records: readonly NewRecord[], arrivedAt: number): void {
    const frames = records.map((record) => encode(record, arrivedAt));
    const bytes = Buffer.concat(frames);
    try {
      for (let written = 0; written < bytes.length; ) written += writeSync(this.fd, bytes, written);
    } catch (error) {
      ftruncateSync(this.fd, this.bytes);
      throw error;
    }
    for (const frame of frames) this.offsets.push(this.bytes + frame.length);
  }

  /** Up to `limit` records from `index` on, fewer when they pass `maxBytes` (but at least one). */
  read(index: number, limit: number, maxBytes: number): StoredRecord[] {
    const from = index - this.firstIndex;
    const start = this.offsets[from];
    if (from < 0 || start === undefined || from >= this.offsets.length - 1) return [];
    let to = Math.min(from + limit, this.offsets.length - 1);
    while (to > from + 1 && (this.offsets[to] ?? 0) - start > maxBytes) to--;
    const bytes = Buffer.allocUnsafe((this.offsets[to] ?? start) - start);
    readSync(this.fd, bytes, 0, bytes.length, start);
    const records: StoredRecord[] = [];
    for (let at = from; at < to; at++)
      records.push(decode(bytes, (this.offsets[at] ?? 0) - start, this.firstIndex + at));
    return records;
  }

  close(): void {
    closeSync(this.fd);
  }

  remove(): void {
    this.close();
    unlinkSync(this.path);
  }

  /** Finds the records of an existing file and cuts off what a kill left half written. */
  private recover(): void {
    if (fstatSync(this.fd).size === 0) return;
    const bytes = readFileSync(this.path);
    for (let end = frameEnd(bytes, 0); end !== undefined; end = frameEnd(bytes, end)) this.offsets.push(end);
    if (this.bytes < bytes.length) ftruncateSync(this.fd, this.bytes);
  }
}

function encode({ partitionKey, data }: NewRecord, arrivedAt: number): Buffer {
  const key = Buffer.from(partitionKey);
  const frame = Buffer.allocUnsafe(HEADER_BYTES + FIXED_BYTES + key.length + data.length);
  frame.writeUInt32LE(frame.length - HEADER_BYTES, 0);
  frame.writeDoubleLE(arrivedAt, 8);
  frame.writeUInt16LE(key.length, 16);
  key.copy(frame, HEADER_BYTES + FIXED_BYTES);
  data.copy(frame, HEADER_BYTES + FIXED_BYTES + key.length);
  frame.writeUInt32LE(crc32(frame.subarray(HEADER_BYTES)), 4);
  return frame;
}

function frameEnd(bytes: Buffer, start: number): number | undefined {
  if (start + HEADER_BYTES > bytes.length) return undefined;
  const end = start + HEADER_BYTES + bytes.readUInt32LE(start);
  if (end > bytes.length) return undefined;
  return crc32(bytes.subarray(start + HEADER_BYTES, end)) === bytes.readUInt32LE(start + 4) ? end : undefined;
}

function decode(bytes: Buffer, start: number, index: number): StoredRecord {
  const keyStart = start + HEADER_BYTES + FIXED_BYTES;
  const dataStart = keyStart + bytes.readUInt16LE(start + 16);
  const end = start + HEADER_BYTES + bytes.readUInt32LE(start);
  return {
    index,
    arrivedAt: bytes.readDoubleLE(start + 8),
    partitionKey: bytes.toString('utf8', keyStart, dataStart),
    data: bytes.subarray(dataStart, end),
  };
}
