import { createHash } from 'node:crypto';
import { crc32 } from 'node:zlib';
import { notImplemented } from './errors.ts';

/** As in the header `x-amz-checksum-<name>`. */
export type ChecksumName = 'crc32' | 'crc32c' | 'sha1' | 'sha256';

/** Sums a body as it passes. */
export interface Digest {
  update(bytes: Buffer): void;
  /** Raw bytes; big-endian for the CRCs, as the header wants them in base64. */
  digest(): Buffer;
}

export function checksumName(name: string): ChecksumName {
  const lower = name.toLowerCase();
  if (lower === 'crc32' || lower === 'crc32c' || lower === 'sha1' || lower === 'sha256') return lower;
  throw notImplemented(`the checksum ${name}`);
}

export function digestOf(name: ChecksumName | 'md5'): Digest {
  if (name === 'crc32') return crc(crc32);
  if (name === 'crc32c') return crc(crc32c);
  const hash = createHash(name);
  return { update: (bytes) => void hash.update(bytes), digest: () => hash.digest() };
}

function crc(next: (bytes: Buffer, value: number) => number): Digest {
  let value = 0;
  return {
    update(bytes) {
      value = next(bytes, value);
    },
    digest() {
      const out = Buffer.alloc(4);
      out.writeUInt32BE(value >>> 0);
      return out;
    },
  };
}

const CASTAGNOLI = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ 0x82f63b78 : value >>> 1;
  return value;
});

function crc32c(bytes: Buffer, value: number): number {
  let sum = ~value >>> 0;
  for (const byte of bytes) sum = (CASTAGNOLI[(sum ^ byte) & 0xff] ?? 0) ^ (sum >>> 8);
  return ~sum >>> 0;
}
