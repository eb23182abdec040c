import type { LogRecord } from '../kinesis/index.ts';
import { type RowConverter, UnfitLine } from './convert.ts';
import type { DeliveryShape } from './delivery-shape.ts';

/** The rows of one partition, as JSON lines in their order. */
export interface PartitionRows {
  readonly partition: ReadonlyMap<string, string>;
  readonly rows: string[];
}

/** A line, or a whole record, that Firehose could not put in the table. */
export interface Rejected {
  readonly errorType: 'processing-failed' | 'format-conversion-failed';
  readonly errorCode: string;
  readonly errorMessage: string;
  readonly raw: Buffer;
  readonly record: LogRecord;
  /** Position of the line in its record. */
  readonly subSequence: number;
}

/** Firehose's limits: documents out of one record, and partitions being written at once. */
const MAX_LINES = 500;
const MAX_PARTITIONS = 500;
const LINE_END = 0x0a;

/** Sorts the lines of records into partitions, and apart what cannot be sorted. */
export class Batch {
  readonly partitions = new Map<string, PartitionRows>();
  readonly rejected: Rejected[] = [];
  private readonly shape: DeliveryShape;
  private readonly convert: RowConverter;

  constructor(shape: DeliveryShape, convert: RowConverter) {
    this.shape = shape;
    this.convert = convert;
  }

  add(record: LogRecord): void {
    const lines = splitLines(record.data);
    if (lines.length > MAX_LINES) {
      const message = `The record holds ${lines.length} documents; ${MAX_LINES} can be taken out of one`;
      this.reject(
        record,
        record.data,
        0,
        'processing-failed',
        'RecordDeAggregation.TooManySubRecords',
        message,
      );
      return;
    }
    for (const [position, line] of lines.entries()) this.addLine(record, line, position);
  }

  private addLine(record: LogRecord, raw: Buffer, position: number): void {
    const code = 'DynamicPartitioning.MetadataExtractionFailed';
    const line = parseLine(raw);
    if (!line) {
      this.reject(record, raw, position, 'processing-failed', code, 'The document is no JSON object');
      return;
    }
    const partition = this.partitionOf(line);
    if (typeof partition === 'string') {
      this.reject(record, raw, position, 'processing-failed', code, partition);
      return;
    }
    try {
      const row = this.convert(line);
      if (!this.put(partition, row))
        this.reject(
          record,
          raw,
          position,
          'processing-failed',
          'DynamicPartitioning.ActivePartitionsLimitExceeded',
          `More than ${MAX_PARTITIONS} partitions at once`,
        );
    } catch (error) {
      if (!(error instanceof UnfitLine)) throw error;
      const message = `Data does not match the schema: ${error.message}`;
      this.reject(
        record,
        raw,
        position,
        'format-conversion-failed',
        'DataFormatConversion.ParseError',
        message,
      );
    }
  }

  /** The values of the partition keys, or why they cannot be taken. */
  private partitionOf(line: Readonly<Record<string, unknown>>): Map<string, string> | string {
    const partition = new Map<string, string>();
    for (const [key, path] of this.shape.partitionPaths) {
      const value = path.reduce<unknown>(
        (object, name) => (object as Readonly<Record<string, unknown>> | null | undefined)?.[name],
        line,
      );
      const text = typeof value === 'string' || typeof value === 'number' ? String(value) : '';
      if (!/^[^/\0]+$/.test(text) || text === '.' || text === '..')
        return `The partition key ${key} has no usable value at .${path.join('.')}`;
      partition.set(key, text);
    }
    return partition;
  }

  private put(partition: ReadonlyMap<string, string>, row: string): boolean {
    const name = [...partition.values()].join('\0');
    const group = this.partitions.get(name);
    if (group) group.rows.push(row);
    else if (this.partitions.size >= MAX_PARTITIONS) return false;
    else this.partitions.set(name, { partition, rows: [row] });
    return true;
  }

  private reject(
    record: LogRecord,
    raw: Buffer,
    subSequence: number,
    errorType: Rejected['errorType'],
    errorCode: string,
    errorMessage: string,
  ): void {
    this.rejected.push({ errorType, errorCode, errorMessage, raw, record, subSequence });
  }
}

function splitLines(data: Buffer): Buffer[] {
  const lines: Buffer[] = [];
  for (let start = 0; start < data.length; ) {
    const found = data.indexOf(LINE_END, start);
    const end = found < 0 ? data.length : found;
    if (end > start) lines.push(data.subarray(start, end));
    start = end + 1;
  }
  return lines;
}

function parseLine(raw: Buffer): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(raw.toString('utf8'));
    const isObject = typeof value === 'object' && value !== null && !Array.isArray(value);
    return isObject ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}
