import type { Entry, Lot, SkippedEntry } from './run.ts';

const CHUNK_BYTES = 8 * 1024;
/** A character of text is at most three bytes. */
const CHAR_BYTES = 3;

/** Pieces of memory that open slices share: what one has done with the next one takes. */
export class Chunks {
  readonly #free: Buffer[] = [];

  /** One of at least so many bytes. */
  take(bytes: number): Buffer {
    if (bytes > CHUNK_BYTES) return Buffer.allocUnsafeSlow(bytes);
    return this.#free.pop() ?? Buffer.allocUnsafeSlow(CHUNK_BYTES);
  }

  give(chunk: Buffer): void {
    if (chunk.length === CHUNK_BYTES) this.#free.push(chunk);
  }
}

/** A slice that is cut: its S3 object as it is written, and what its row tells of it. */
export interface CutSlice extends Lot {
  /** How many there are. */
  readonly entries: number;
  readonly skipped: readonly SkippedEntry[];
  /** The SliceObject (runs/run.ts) as JSON. */
  readonly json: Uint8Array;
}

/**
 * A slice that is being filled. Its entries are kept as the bytes they are written as: hundreds of slices may be open at
 * once, and as objects their entries would take four times the room and keep the garbage collector busy.
 */
export class OpenSlice {
  readonly lot: Lot;
  readonly #chunks: Chunks;
  readonly #filled: { readonly chunk: Buffer; used: number }[] = [];
  #entries = 0;
  #size = 0;

  constructor(lot: Lot, chunks: Chunks) {
    this.lot = lot;
    this.#chunks = chunks;
  }

  get entries(): number {
    return this.#entries;
  }

  /** Bytes of its entries. */
  get size(): number {
    return this.#size;
  }

  /** Takes an entry in and returns the bytes it takes. */
  add(entry: Entry): number {
    const text = this.#entries === 0 ? JSON.stringify(entry) : `,${JSON.stringify(entry)}`;
    const into = this.#room(text.length * CHAR_BYTES);
    const bytes = into.chunk.write(text, into.used, 'utf8');
    into.used += bytes;
    this.#size += bytes;
    this.#entries += 1;
    return bytes;
  }

  /** What is in it, with the skipped ones that travel with it. It is empty then, and nothing may be added. */
  cut(skipped: readonly SkippedEntry[]): CutSlice {
    const head = JSON.stringify({ ...this.lot, skipped }).slice(0, -1);
    const parts = this.#filled.map(({ chunk, used }) => chunk.subarray(0, used));
    const json = Buffer.concat([Buffer.from(`${head},"entries":[`), ...parts, Buffer.from(']}')]);
    for (const { chunk } of this.#filled.splice(0)) this.#chunks.give(chunk);
    return { ...this.lot, entries: this.#entries, skipped, json };
  }

  #room(bytes: number) {
    const last = this.#filled.at(-1);
    if (last && last.used + bytes <= last.chunk.length) return last;
    const next = { chunk: this.#chunks.take(bytes), used: 0 };
    this.#filled.push(next);
    return next;
  }
}
