/**
 * A uniform random sample of the lines of a list, in one pass over its bytes. Each line draws a number from its own bytes
 * and the seed, and those with the lowest are the sample: the same of one list and seed, whatever the order of files and
 * pieces, so that an estimate can be repeated. Pure.
 */

const NEW_LINE = 0x0a;
/** Bytes that all lines begin with, `{"User":{"UserId":"`: half the work is theirs. */
const SAME = 19;
const FNV_PRIME = 0x01000193;
const FNV_OFFSET = 0x811c9dc5;
const decoder = new TextDecoder();

interface Drawn {
  readonly number: number;
  readonly line: string;
}

/** Takes the pieces of one file in their order, then `end` for a last line without its end. */
export interface LineReader {
  add(piece: Uint8Array): void;
  end(): void;
}

export class LineSample {
  private count = 0;
  private drawn: Drawn[] = [];
  /** Nobody with a higher number is of the sample any more. */
  private highest = 0xffffffff;
  private readonly start: number;

  constructor(
    private readonly size: number,
    seed: string,
  ) {
    const bytes = new TextEncoder().encode(seed);
    this.start = hashed(FNV_OFFSET, bytes, 0, bytes.length);
  }

  /** Lines so far; empty ones are none. */
  get lines(): number {
    return this.count;
  }

  /** The sample: all lines while there are no more than its size. */
  get sample(): string[] {
    this.keepLowest();
    return this.drawn.map(({ line }) => line);
  }

  /** Files may be read side by side, each by a reader of its own. */
  reader(): LineReader {
    let begun: Uint8Array | undefined;
    const add = (piece: Uint8Array): void => {
      let from = 0;
      for (let at = piece.indexOf(NEW_LINE); at !== -1; at = piece.indexOf(NEW_LINE, from)) {
        if (begun) this.drawWhole(joined(begun, piece.subarray(from, at)));
        else this.draw(piece, from, at);
        begun = undefined;
        from = at + 1;
      }
      // A piece's memory may be used again once it was read.
      if (from < piece.length) begun = begun ? joined(begun, piece.subarray(from)) : piece.slice(from);
    };
    return { add, end: () => begun && this.drawWhole(begun) };
  }

  private drawWhole(line: Uint8Array): void {
    this.draw(line, 0, line.length);
  }

  private draw(bytes: Uint8Array, from: number, to: number): void {
    if (from === to) return;
    this.count++;
    const number = spread(hashed(this.start, bytes, Math.min(from + SAME, to), to));
    if (number > this.highest) return;
    this.drawn.push({ number, line: decoder.decode(bytes.subarray(from, to)) });
    if (this.drawn.length > 2 * this.size) this.keepLowest();
  }

  private keepLowest(): void {
    this.drawn.sort((a, b) => a.number - b.number || (a.line < b.line ? -1 : 1));
    this.drawn.length = Math.min(this.drawn.length, this.size);
    const last = this.drawn[this.size - 1];
    if (last) this.highest = last.number;
  }
}

/** FNV-1a. */
function hashed(start: number, bytes: Uint8Array, from: number, to: number): number {
  let hash = start;
  for (let at = from; at < to; at++) hash = Math.imul(hash ^ (bytes[at] as number), FNV_PRIME);
  return hash;
}

/** MurmurHash3's last step: lines that differ in their last digit alone are far apart. */
function spread(hash: number): number {
  let mixed = hash ^ (hash >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}

function joined(begun: Uint8Array, rest: Uint8Array): Uint8Array {
  const whole = new Uint8Array(begun.length + rest.length);
  whole.set(begun);
  whole.set(rest, begun.length);
  return whole;
}
