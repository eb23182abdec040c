/** Writes JSON lines to a stream, many in a record. */
export interface StreamWriter {
  /**
   * Resolves when every record is accepted. Records that the stream throttles are tried again; what cannot be
   * written throws, and then some lines may already be in (readers count an id once).
   */
  write(records: readonly StreamRecord[]): Promise<void>;
}

/** One stream record: its partition key and its JSON lines, each ending in "\n". */
export interface StreamRecord {
  readonly partitionKey: string;
  readonly lines: string;
}

/** Firehose takes at most 500 JSON documents out of one record. */
export const MAX_LINES = 500;
/** A Kinesis record holds at most 1 MiB; some room is left for the partition key. */
export const MAX_RECORD_BYTES = 1024 * 1024 - 1024;

/** Packs lines (without line ends) into as few records as the limits allow, in order. */
export function packLines(partitionKey: string, lines: readonly string[]): StreamRecord[] {
  const records: StreamRecord[] = [];
  let current: string[] = [];
  let bytes = 0;
  const flush = () => {
    if (current.length > 0) records.push({ partitionKey, lines: `${current.join('\n')}\n` });
    current = [];
    bytes = 0;
  };
  for (const line of lines) {
    const size = Buffer.byteLength(line) + 1;
    if (current.length >= MAX_LINES || bytes + size > MAX_RECORD_BYTES) flush();
    current.push(line);
    bytes += size;
  }
  flush();
  return records;
}
