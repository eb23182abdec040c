import { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { parse } from 'csv-parse';
import { csvHeader, csvRecord } from './csv-record.ts';
import { ImportFailure } from './failure.ts';
import type { ImportRecord } from './import-record.ts';
import type { ImportDefinition } from './job.ts';
import { jsonRecord } from './json-record.ts';

type Bytes = AsyncIterable<Uint8Array>;

const GZIP = [0x1f, 0x8b];

/** Peeks at the first bytes: gzip is told by its magic number, for names and content types are often wrong. */
async function* decompressed(bytes: Bytes): Bytes {
  const iterator = bytes[Symbol.asyncIterator]();
  let head = Buffer.alloc(0);
  while (head.length < GZIP.length) {
    const { value, done } = await iterator.next();
    if (done) break;
    head = Buffer.concat([head, value]);
  }
  const whole = (async function* () {
    yield head;
    for (;;) {
      const { value, done } = await iterator.next();
      if (done) return;
      yield value;
    }
  })();
  if (!GZIP.every((byte, index) => head[index] === byte)) return yield* whole;
  const source = Readable.from(whole);
  const gunzip = createGunzip();
  source.on('error', (error) => gunzip.destroy(error));
  yield* source.pipe(gunzip) as AsyncIterable<Buffer>;
}

async function* jsonRecords(bytes: Bytes): AsyncIterable<ImportRecord> {
  const decoder = new TextDecoder();
  let rest = '';
  let line = 0;
  for await (const chunk of bytes) {
    const lines = (rest + decoder.decode(chunk, { stream: true })).split('\n');
    rest = lines.pop() ?? '';
    for (const text of lines) yield jsonRecord(text, ++line);
  }
  rest += decoder.decode();
  if (rest !== '') yield jsonRecord(rest, ++line);
}

async function* csvRecords(bytes: Bytes): AsyncIterable<ImportRecord> {
  const parser = parse({ bom: true, relax_column_count: true, skip_empty_lines: true, info: true });
  const source = Readable.from(bytes);
  source.on('error', (error) => parser.destroy(error));
  let header: ReturnType<typeof csvHeader> | undefined;
  for await (const row of source.pipe(parser) as AsyncIterable<{
    record: string[];
    info: { lines: number };
  }>) {
    if (header) yield csvRecord(header, row.record, row.info.lines);
    else header = csvHeader(row.record);
  }
}

/** The records of one file. A file that cannot be read as its format at all throws ImportFailure. */
export async function* recordsOf(
  format: ImportDefinition['format'],
  bytes: Bytes,
): AsyncIterable<ImportRecord> {
  const plain = decompressed(bytes);
  try {
    yield* format === 'CSV' ? csvRecords(plain) : jsonRecords(plain);
  } catch (cause) {
    throw isUnreadable(cause) ? new ImportFailure((cause as Error).message, { cause }) : cause;
  }
}

/** zlib's and csv-parse's own errors speak of the content; any other may pass. */
const isUnreadable = (cause: unknown): boolean =>
  /^(Z_|CSV_)/.test(String((cause as { code?: string }).code));
