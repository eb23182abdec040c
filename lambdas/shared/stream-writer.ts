import { isLonger } from './utf8.ts';
import { wellFormedJson } from './well-formed.ts';

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
/** A Kinesis record holds at most 1 MiB, one of Firehose 1,000 KiB; some room is left for the partition key. */
export const MAX_RECORD_BYTES = 1000 * 1024 - 1024;

/** Packs lines of JSON (without line ends) into as few records as the limits allow, in order. */
export function packLines(partitionKey: string, lines: readonly string[]): StreamRecord[] {
  const records: StreamRecord[] = [];
  let current: string[] = [];
  let bytes = 0;
  const flush = () => {
    if (current.length > 0) records.push({ partitionKey, lines: `${current.join('\n')}\n` });
    current = [];
    bytes = 0;
  };
  for (const written of lines) {
    const line = wellFormedJson(written);
    const size = Buffer.byteLength(line) + 1;
    if (current.length >= MAX_LINES || bytes + size > MAX_RECORD_BYTES) flush();
    current.push(line);
    bytes += size;
  }
  flush();
  return records;
}

/**
 * Rows that are written at once, in two thirds of the time that they take one by one. More of them make a text of more than
 * 128 KiB, for which V8 fetches pages of their own from the system.
 */
const AT_ONCE = 64;
/** Between two objects of a list with an empty text between them. No text has it in it: there quotes are escaped. */
const BETWEEN = '},"",{';
const LINE_END = '}\n{';

/** Packs objects, one JSON line each, as `packLines` does. */
export function packRows(partitionKey: string, rows: readonly object[]): StreamRecord[] {
  const lines = rows.length <= MAX_LINES ? linesOf(rows) : '';
  if (lines !== '' && !isLonger(lines, MAX_RECORD_BYTES)) return [{ partitionKey, lines }];
  return packLines(
    partitionKey,
    rows.map((row) => JSON.stringify(row)),
  );
}

/** Each with its line's end; empty when a row has in it what stands between two of them. */
function linesOf(rows: readonly object[]): string {
  let lines = '';
  for (let at = 0; at < rows.length; at += AT_ONCE) {
    const some = together(rows.slice(at, at + AT_ONCE));
    if (some === undefined) return '';
    lines += `${some}\n`;
  }
  return lines;
}

function together(rows: readonly object[]): string | undefined {
  const parted: (object | '')[] = [];
  for (const row of rows) parted.push(row, '');
  const listed = wellFormedJson(JSON.stringify(parted).slice(1, -',""]'.length));
  const lines = listed.replaceAll(BETWEEN, LINE_END);
  const breaks = (listed.length - lines.length) / (BETWEEN.length - LINE_END.length);
  return breaks === rows.length - 1 ? lines : undefined;
}
