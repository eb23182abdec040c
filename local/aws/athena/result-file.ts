import { closeSync, openSync, readSync, writeSync } from 'node:fs';

/** One row of a result; undefined is NULL. */
export type ResultRow = readonly (string | undefined)[];

const QUOTE = 0x22;
const COMMA = 0x2c;
const LINE_END = 0x0a;
const READ_BYTES = 256 * 1024;

/** Writes rows as Athena's result files are: every value in quotes, NULL as nothing, header first. */
export class ResultWriter {
  private readonly fd: number;

  constructor(path: string, header: readonly string[]) {
    this.fd = openSync(path, 'w');
    this.write([header]);
  }

  write(rows: readonly ResultRow[]): void {
    const lines = rows.map((row) =>
      row.map((value) => (value === undefined ? '' : `"${value.replaceAll('"', '""')}"`)).join(','),
    );
    if (lines.length > 0) writeSync(this.fd, `${lines.join('\n')}\n`);
  }

  close(): void {
    closeSync(this.fd);
  }
}

/** Reads up to `limit` rows of a result file from a byte offset; `next` is where to go on, if there is more. */
export function readRows(path: string, offset: number, limit: number): { rows: ResultRow[]; next?: number } {
  const fd = openSync(path, 'r');
  try {
    let bytes = Buffer.alloc(0);
    for (;;) {
      const chunk = Buffer.alloc(READ_BYTES);
      const size = readSync(fd, chunk, 0, READ_BYTES, offset + bytes.length);
      bytes = Buffer.concat([bytes, chunk.subarray(0, size)]);
      const { rows, end } = parseRows(bytes, limit);
      if (rows.length < limit && size > 0) continue;
      const more = end < bytes.length || size === READ_BYTES;
      return more ? { rows, next: offset + end } : { rows };
    }
  } finally {
    closeSync(fd);
  }
}

function parseRows(bytes: Buffer, limit: number): { rows: ResultRow[]; end: number } {
  const rows: ResultRow[] = [];
  let end = 0;
  while (rows.length < limit) {
    const parsed = parseRow(bytes, end);
    if (!parsed) break;
    rows.push(parsed.row);
    end = parsed.end;
  }
  return { rows, end };
}

function parseRow(bytes: Buffer, start: number): { row: ResultRow; end: number } | undefined {
  const row: (string | undefined)[] = [];
  for (let at = start; at < bytes.length; at++) {
    if (bytes[at] === QUOTE) {
      const close = closingQuote(bytes, at + 1);
      if (close === undefined) return undefined;
      row.push(bytes.toString('utf8', at + 1, close).replaceAll('""', '"'));
      at = close + 1;
    } else row.push(undefined);
    if (bytes[at] === LINE_END) return { row, end: at + 1 };
    if (bytes[at] !== COMMA) return undefined;
    // A comma with nothing after it ends in a NULL.
    if (bytes[at + 1] === LINE_END) return { row: [...row, undefined], end: at + 2 };
  }
  return undefined;
}

function closingQuote(bytes: Buffer, start: number): number | undefined {
  for (let at = bytes.indexOf(QUOTE, start); at >= 0; at = bytes.indexOf(QUOTE, at + 2)) {
    if (at + 1 >= bytes.length) return undefined;
    if (bytes[at + 1] !== QUOTE) return at;
  }
  return undefined;
}
