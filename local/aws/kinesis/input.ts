import { invalid, KinesisError } from './errors.ts';
import type { NewLogRecord, StreamLog } from './stream-log.ts';

export type Input = Readonly<Record<string, unknown>>;

/** Kinesis' own limits: a record's payload and key, and a call. */
const MAX_RECORD_BYTES = 1024 * 1024;
const MAX_CALL_BYTES = 5 * 1024 * 1024;
const MAX_CALL_RECORDS = 500;
const MAX_KEY_CHARACTERS = 256;

/** A parameter the stand-in does not know is an error, never passed over. */
export function onlyKnown(input: Input, known: readonly string[]): void {
  const unknown = Object.keys(input).filter((key) => input[key] !== undefined && !known.includes(key));
  if (unknown.length > 0)
    throw new KinesisError(
      'ValidationException',
      `The local Kinesis does not know the parameter ${unknown.join(', ')}`,
    );
}

export function text(input: Input, name: string): string {
  const value = input[name];
  if (typeof value !== 'string' || value === '') throw invalid(`${name} is required`);
  return value;
}

/** The stream a call means, by name or by ARN. */
export function streamName(input: Input, log: StreamLog): string {
  const arn = input['StreamARN'];
  const name = typeof arn === 'string' ? arn.slice(arn.lastIndexOf('/') + 1) : text(input, 'StreamName');
  if (!log.has(name))
    throw new KinesisError(
      'ResourceNotFoundException',
      `Stream ${name} under account 000000000000 not found.`,
    );
  return name;
}

export function record(input: Input): NewLogRecord {
  onlyKnown(input, ['Data', 'PartitionKey', 'ExplicitHashKey']);
  const partitionKey = text(input, 'PartitionKey');
  const data = input['Data'];
  if (typeof data !== 'string') throw invalid('Data is required');
  if (partitionKey.length > MAX_KEY_CHARACTERS) throw invalid('PartitionKey is longer than 256 characters');
  const bytes = Buffer.from(data, 'base64');
  if (bytes.length > MAX_RECORD_BYTES) throw invalid(`Data of ${bytes.length} bytes is over 1 MiB`);
  const explicitHashKey = input['ExplicitHashKey'];
  if (explicitHashKey === undefined) return { partitionKey, data: bytes };
  if (typeof explicitHashKey !== 'string' || !/^(0|[1-9]\d{0,38})$/.test(explicitHashKey))
    throw invalid(`ExplicitHashKey ${String(explicitHashKey)} is no decimal number`);
  return { partitionKey, data: bytes, explicitHashKey };
}

export function records(input: Input): NewLogRecord[] {
  const entries = input['Records'];
  if (!Array.isArray(entries) || entries.length === 0) throw invalid('Records needs at least one record');
  if (entries.length > MAX_CALL_RECORDS)
    throw invalid(`Records has ${entries.length} records; at most 500 a call`);
  const parsed = entries.map((entry) => record(entry as Input));
  const bytes = parsed.reduce((sum, { data, partitionKey }) => sum + data.length + partitionKey.length, 0);
  if (bytes > MAX_CALL_BYTES) throw invalid(`Records has ${bytes} bytes; at most 5 MiB a call`);
  return parsed;
}
