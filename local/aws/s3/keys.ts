import { createHash } from 'node:crypto';
import { join } from 'node:path';
import { invalidRequest, notImplemented, S3Error } from './errors.ts';

const MAX_KEY_BYTES = 1024;
const MAX_NAME_BYTES = 255;

/**
 * The parts of a key as file names. Objects are plain files (DuckDB reads the same tree), so a key that no file can
 * have is refused, and one that would leave the bucket's folder above all.
 */
export function keyParts(key: string): string[] {
  if (Buffer.byteLength(key) > MAX_KEY_BYTES)
    throw new S3Error('KeyTooLongError', 400, 'Your key is too long: 1024 bytes at most');
  const parts = key.split('/');
  if (parts.includes('..') || parts.includes('.') || key.includes('\0'))
    throw invalidRequest(`The key ${JSON.stringify(key)} has a part that is no name`);
  if (parts.includes('')) throw notImplemented(`keys with an empty part, such as ${JSON.stringify(key)}`);
  if (parts.some((part) => Buffer.byteLength(part) > MAX_NAME_BYTES))
    throw notImplemented('keys with a part of more than 255 bytes');
  return parts;
}

/** Where objects and what is said about them lie. */
export class Layout {
  readonly dir: string;
  /** Half-written files and uploads: the same file system, so that a rename is atomic; never inside a bucket. */
  readonly temporary: string;

  constructor(dir: string) {
    this.dir = dir;
    this.temporary = join(dir, '.tmp');
  }

  bucket(bucket: string): string {
    return join(this.dir, bucket);
  }

  object(bucket: string, key: string): string {
    return join(this.dir, bucket, ...keyParts(key));
  }

  /** By hash: a key may be both `a` and `a.json`, and longer than a file name. */
  meta(bucket: string, key: string): string {
    const hash = createHash('sha256').update(key).digest('hex');
    return join(this.dir, '.meta', bucket, hash.slice(0, 2), `${hash}.json`);
  }
}
