import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';

/** Where a row lies in the file, in bytes. */
export interface Position {
  readonly offset: number;
  readonly length: number;
}

export interface Journal<Row> {
  /** Writes rows behind each other; resolves when they are in the file. Positions stand in the order of the rows. */
  append(rows: readonly Row[]): Promise<readonly Position[]>;
  read(position: Position): Promise<Row>;
  close(): Promise<void>;
}

const NEWLINE = 0x0a;

/** Reads the rows there are and returns where the last whole one ends: what follows was torn off by a crash. */
async function load<Row>(path: string, onRow: (row: Row, position: Position) => void): Promise<number> {
  let rest: Buffer = Buffer.alloc(0);
  let offset = 0;
  for await (const chunk of createReadStream(path, { highWaterMark: 1 << 20 })) {
    rest = rest.length === 0 ? (chunk as Buffer) : Buffer.concat([rest, chunk as Buffer]);
    let start = 0;
    for (let end = rest.indexOf(NEWLINE); end >= 0; end = rest.indexOf(NEWLINE, start)) {
      onRow(JSON.parse(rest.toString('utf8', start, end)) as Row, {
        offset: offset + start,
        length: end - start,
      });
      start = end + 1;
    }
    offset += start;
    rest = rest.subarray(start);
  }
  return offset;
}

/**
 * An append-only file of JSON lines. `onRow` sees each row that is there already; a torn last line is cut off. Rows
 * that are appended while a write is under way go out together in the next one.
 */
export async function openJournal<Row>(
  path: string,
  onRow: (row: Row, position: Position) => void,
): Promise<Journal<Row>> {
  const file = await open(path, 'a+');
  let end = await load(path, onRow);
  await file.truncate(end);
  let waiting: Buffer[] = [];
  let writing: Promise<void> | undefined;

  const write = async (): Promise<void> => {
    await Promise.resolve();
    const chunk = Buffer.concat(waiting);
    waiting = [];
    writing = undefined;
    await file.appendFile(chunk);
  };
  let previous: Promise<void> = Promise.resolve();
  const flushed = (): Promise<void> => {
    // The next write starts after the one under way, and takes along what came in meanwhile.
    writing ??= previous = previous.then(write);
    return writing;
  };
  return {
    async append(rows) {
      const positions = rows.map((row) => {
        const line = Buffer.from(`${JSON.stringify(row)}\n`);
        const position = { offset: end, length: line.length - 1 };
        waiting.push(line);
        end += line.length;
        return position;
      });
      if (rows.length > 0) await flushed();
      return positions;
    },
    async read({ offset, length }) {
      const { buffer } = await file.read(Buffer.alloc(length), 0, length, offset);
      return JSON.parse(buffer.toString('utf8')) as Row;
    },
    async close() {
      await previous;
      await file.close();
    },
  };
}
