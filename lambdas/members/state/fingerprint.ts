/** Characters of a fingerprint. */
export const FINGERPRINT_LENGTH = 11;

/**
 * 53 bits of a text as eleven base-36 digits (cyrb53, public domain). Among the few hundred that are kept of one
 * person two never meet by chance in practice, and they take a third of the room of a UUID.
 */
export function fingerprint(text: string): string {
  let high = 0xdeadbeef;
  let low = 0x41c6ce57;
  for (let at = 0; at < text.length; at++) {
    const code = text.charCodeAt(at);
    high = Math.imul(high ^ code, 2654435761);
    low = Math.imul(low ^ code, 1597334677);
  }
  high = Math.imul(high ^ (high >>> 16), 2246822507) ^ Math.imul(low ^ (low >>> 13), 3266489909);
  low = Math.imul(low ^ (low >>> 16), 2246822507) ^ Math.imul(high ^ (high >>> 13), 3266489909);
  return (4294967296 * (2097151 & low) + (high >>> 0)).toString(36).padStart(FINGERPRINT_LENGTH, '0');
}

/** The last fingerprints of what was counted, oldest first. */
export class Counted {
  private readonly order: string[] = [];
  private readonly known: Set<string>;
  private added = 0;

  constructor(runTogether: string) {
    for (let at = 0; at < runTogether.length; at += FINGERPRINT_LENGTH)
      this.order.push(runTogether.slice(at, at + FINGERPRINT_LENGTH));
    this.known = new Set(this.order);
  }

  /** False when it was counted before. */
  add(print: string): boolean {
    if (this.known.has(print)) return false;
    this.known.add(print);
    this.order.push(print);
    this.added++;
    return true;
  }

  /** Oldest first. */
  [Symbol.iterator](): Iterator<string> {
    return this.order[Symbol.iterator]();
  }

  /** The last `keep`, and at least those added now, so that a batch delivered twice is known. */
  last(keep: number, most: number): string[] {
    return this.order.slice(-Math.min(Math.max(keep, this.added), most));
  }

  /** These, run together again. */
  kept(keep: number, most: number): string {
    return this.last(keep, most).join('');
  }
}
