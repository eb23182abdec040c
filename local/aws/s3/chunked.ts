import { S3Error } from './errors.ts';

const LINE_END = Buffer.from('\r\n');

/**
 * Decodes an `aws-chunked` body: yields the payload, and fills `trailers` (lower-case names) from the end.
 * Chunk signatures are not checked: the local system has no keys to check them with.
 */
export async function* decodeChunks(
  body: AsyncIterable<Buffer>,
  trailers: Map<string, string>,
): AsyncGenerator<Buffer> {
  const reader = new LineReader(body);
  for (;;) {
    const size = Number.parseInt((await reader.line()).split(';')[0] ?? '', 16);
    if (!(size >= 0)) throw incomplete('a chunk has no size');
    if (size === 0) break;
    yield* reader.take(size);
    if ((await reader.line()) !== '') throw incomplete('a chunk is longer than its size');
  }
  for (let line = await reader.line(true); line !== ''; line = await reader.line(true)) {
    const colon = line.indexOf(':');
    trailers.set(line.slice(0, colon).trim().toLowerCase(), line.slice(colon + 1).trim());
  }
}

const incomplete = (why: string): S3Error =>
  new S3Error('IncompleteBody', 400, `The aws-chunked body is broken: ${why}`);

class LineReader {
  private readonly source: AsyncIterator<Buffer>;
  private rest: Buffer = Buffer.alloc(0);

  constructor(body: AsyncIterable<Buffer>) {
    this.source = body[Symbol.asyncIterator]();
  }

  /** The next line without its end; at the end of the body '' when `orEnd`. */
  async line(orEnd = false): Promise<string> {
    let end = this.rest.indexOf(LINE_END);
    while (end < 0) {
      if (!(await this.more())) {
        if (orEnd && this.rest.length === 0) return '';
        throw incomplete('it ends within a line');
      }
      end = this.rest.indexOf(LINE_END);
    }
    const line = this.rest.toString('latin1', 0, end);
    this.rest = this.rest.subarray(end + LINE_END.length);
    return line;
  }

  async *take(size: number): AsyncGenerator<Buffer> {
    for (let left = size; left > 0; ) {
      if (this.rest.length === 0 && !(await this.more())) throw incomplete('it ends within a chunk');
      const piece = this.rest.subarray(0, left);
      this.rest = this.rest.subarray(piece.length);
      left -= piece.length;
      yield piece;
    }
  }

  private async more(): Promise<boolean> {
    const { value, done } = await this.source.next();
    if (done) return false;
    this.rest = this.rest.length === 0 ? value : Buffer.concat([this.rest, value]);
    return true;
  }
}
