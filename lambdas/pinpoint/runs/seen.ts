import { hash32 } from '../campaigns/split.ts';

/** A table grows when it is fuller than this. */
const MAX_FILL = 0.75;
const LEAST = 1 << 10;
const LOW_SEED = 0x5bd1e995;

/**
 * A set of texts kept as 64-bit fingerprints, 8 bytes each: ten million users in 110 MB. Two different texts share a
 * fingerprint with a chance of n²/2⁶⁵ (one in a million at 6 million). With the number of texts to come given, its table
 * need never grow, when it would lie in memory twice.
 */
export class Seen {
  #high: Uint32Array;
  #low: Uint32Array;
  #size = 0;

  constructor(expected = 0) {
    const places = Math.max(LEAST, Math.ceil(expected / MAX_FILL) + 1);
    this.#high = new Uint32Array(places);
    this.#low = new Uint32Array(places);
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
    const places = this.#high.length;
    let at = ((high ^ low) >>> 0) % places;
    while (this.#high[at] !== 0) {
      if (this.#high[at] === high && this.#low[at] === low) return false;
      at = at + 1 === places ? 0 : at + 1;
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
