/** Shares are given in 0.01 % steps (spec §4): that many buckets. */
export const BUCKETS = 10_000;

/** A share of the audience: a treatment, or the holdout. */
export interface Share {
  readonly id: string;
  /** Width in buckets: 100 is one percent. */
  readonly buckets: number;
}

/**
 * The bucket 0…9,999 of a member (userId, or endpoint id where there is none) under a campaign's stable key. A pure
 * function: no pass over the audience, the same on every retry and in every run with the same key.
 */
export function bucketOf(stableKey: string, memberId: string): number {
  return hash32(`${stableKey}\0${memberId}`) % BUCKETS;
}

/** The share a bucket falls into, laid out in the order given; undefined past the last one. */
export function shareOf(bucket: number, shares: readonly Share[]): string | undefined {
  let end = 0;
  for (const { id, buckets } of shares) {
    end += buckets;
    if (bucket < end) return id;
  }
  return undefined;
}

/** MurmurHash3 (32 bits) over UTF-16 code units; `seed` gives independent hashes of one text. */
export function hash32(text: string, seed = 0): number {
  let hash = seed | 0;
  for (let index = 0; index < text.length; index++) {
    let block = Math.imul(text.charCodeAt(index), 0xcc9e2d51);
    block = (block << 15) | (block >>> 17);
    hash ^= Math.imul(block, 0x1b873593);
    hash = (hash << 13) | (hash >>> 19);
    hash = (Math.imul(hash, 5) + 0xe6546b64) | 0;
  }
  hash ^= text.length;
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  hash ^= hash >>> 16;
  return hash >>> 0;
}
