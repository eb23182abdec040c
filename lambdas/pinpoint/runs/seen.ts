import { hash32 } from '../campaigns/split.ts';

/** A table grows when it is fuller than this. */
const MAX_FILL = 0.6;
const LOW_SEED = 0x5bd1e995;

/**
 * A set of texts kept as 64-bit fingerprints, 8 bytes each: ten million users in 150 MB. Two different texts share a
 * fingerprint with a chance of n²/2⁶⁵ (one in a million at 6 million).
 */
export class Seen {
  #high: Uint32Array;
  #low: Uint32Array;
  #size = 0;

  constructor(capacity = 1 << 16) {
    this.#high = new Uint32Array(capacity);
    this.#low = new Uint32Array(capacity);
  }

  /** Adds a text; false when it was there already. */
  add(text: string): boolean {
    if (this.#size > this.#high.length * MAX_FILL) this.#grow();
    // Zero marks a free place, so the high half never is zero.
    if (!this.#place(hash32(text) || 1, hash32(text, LOW_SEED))) return false;
    this.#size += 1;
    return true;
  }

  #place(high: number, low: number): boolean {
    const mask = this.#high.length - 1;
    let at = (high ^ low) & mask;
    while (this.#high[at] !== 0) {
      if (this.#high[at] === high && this.#low[at] === low) return false;
      at = (at + 1) & mask;
    }
    this.#high[at] = high;
    this.#low[at] = low;
    return true;
  }

  #grow(): void {
    const [high, low] = [this.#high, this.#low];
    this.#high = new Uint32Array(high.length * 2);
    this.#low = new Uint32Array(high.length * 2);
    for (const [index, value] of high.entries()) if (value !== 0) this.#place(value, low[index] ?? 0);
  }
}
