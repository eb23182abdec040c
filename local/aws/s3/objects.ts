import { createHash, randomUUID } from 'node:crypto';
import {
  closeSync,
  copyFileSync,
  fstatSync,
  linkSync,
  mkdirSync,
  openSync,
  readFileSync,
  renameSync,
  rmdirSync,
  statSync,
  unlinkSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import type { ChecksumName } from './checksums.ts';
import { noSuchKey, notImplemented, preconditionFailed } from './errors.ts';
import type { Layout } from './keys.ts';
import { discard, type Received } from './receive.ts';

/** What is said about an object beside its bytes. */
export interface ObjectMeta {
  readonly etag: string;
  /** Content-Type and its like, and x-amz-meta-*, lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly checksum?: { readonly name: ChecksumName; readonly value: string };
}

export interface ObjectFacts extends ObjectMeta {
  readonly size: number;
  readonly modifiedAt: number;
}

export interface Conditions {
  /** `*`: only if the key does not exist. */
  readonly ifNoneMatch?: string | undefined;
  /** Only if the object has this ETag. */
  readonly ifMatch?: string | undefined;
}

interface StoredMeta extends ObjectMeta {
  readonly key: string;
  readonly size: number;
  readonly mtimeMs: number;
}

/** Objects as files. What must be atomic is done in one turn of the one process that owns the folder, by rename. */
export class ObjectStore {
  private readonly layout: Layout;

  constructor(layout: Layout) {
    this.layout = layout;
  }

  /** Facts of an object, or undefined. */
  find(bucket: string, key: string): ObjectFacts | undefined {
    const stat = statSync(this.layout.object(bucket, key), { throwIfNoEntry: false });
    return stat?.isFile() ? this.facts(bucket, key, stat) : undefined;
  }

  /** Opens an object: the descriptor stays with these bytes whatever is written meanwhile. The caller closes it. */
  open(bucket: string, key: string): ObjectFacts & { fd: number } {
    if (!this.find(bucket, key)) throw noSuchKey(key);
    const fd = openSync(this.layout.object(bucket, key), 'r');
    return { fd, ...this.facts(bucket, key, fstatSync(fd)) };
  }

  /** Puts a received body in its place under the conditions; the temporary file is gone afterwards. */
  put(bucket: string, key: string, body: Received, meta: ObjectMeta, conditions: Conditions = {}): void {
    try {
      this.checkIfMatch(bucket, key, conditions.ifMatch);
      const target = this.layout.object(bucket, key);
      makeFolder(dirname(target), key);
      if (statSync(target, { throwIfNoEntry: false })?.isDirectory())
        throw notImplemented(`both the key ${key} and keys below ${key}/`);
      if (conditions.ifNoneMatch === undefined) renameSync(body.path, target);
      else linkNew(body.path, target, conditions.ifNoneMatch);
      this.writeMeta(bucket, key, { key, size: body.size, mtimeMs: body.mtimeMs, ...meta });
    } finally {
      discard(body.path);
    }
  }

  /** Copies within the store, with the source's metadata unless others are given. */
  copy(
    from: { bucket: string; key: string },
    to: { bucket: string; key: string },
    headers?: ObjectMeta['headers'],
  ): ObjectFacts {
    const source = this.find(from.bucket, from.key);
    if (!source) throw noSuchKey(from.key);
    mkdirSync(this.layout.temporary, { recursive: true });
    const path = join(this.layout.temporary, randomUUID());
    copyFileSync(this.layout.object(from.bucket, from.key), path);
    const { size, mtimeMs } = statSync(path);
    const { etag, checksum } = source;
    const meta = { etag, headers: headers ?? source.headers, ...(checksum ? { checksum } : {}) };
    this.put(to.bucket, to.key, { path, size, mtimeMs, md5: Buffer.alloc(0) }, meta);
    return { ...meta, size, modifiedAt: mtimeMs };
  }

  /** Deletes an object; one that is not there is no error. */
  delete(bucket: string, key: string): void {
    const path = this.layout.object(bucket, key);
    if (!statSync(path, { throwIfNoEntry: false })?.isFile()) return;
    unlinkSync(path);
    discard(this.layout.meta(bucket, key));
    this.removeEmptyFolders(dirname(path), this.layout.bucket(bucket));
  }

  private facts(bucket: string, key: string, stat: { size: number; mtimeMs: number }): ObjectFacts {
    const common = { size: stat.size, modifiedAt: stat.mtimeMs };
    const meta = this.readMeta(bucket, key);
    // A file written past S3 (Firehose, DuckDB) has no metadata, or that of what it replaced.
    if (!meta || meta.size !== stat.size || meta.mtimeMs !== stat.mtimeMs) {
      const hash = createHash('md5').update(`${key} ${stat.size} ${stat.mtimeMs}`).digest('hex');
      return { ...common, etag: `"${hash}-1"`, headers: { 'content-type': 'binary/octet-stream' } };
    }
    return {
      ...common,
      etag: meta.etag,
      headers: meta.headers,
      ...(meta.checksum ? { checksum: meta.checksum } : {}),
    };
  }

  private readMeta(bucket: string, key: string): StoredMeta | undefined {
    try {
      return JSON.parse(readFileSync(this.layout.meta(bucket, key), 'utf8')) as StoredMeta;
    } catch {
      return undefined;
    }
  }

  private writeMeta(bucket: string, key: string, meta: StoredMeta): void {
    const path = this.layout.meta(bucket, key);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, JSON.stringify(meta));
  }

  private checkIfMatch(bucket: string, key: string, ifMatch: string | undefined): void {
    if (ifMatch === undefined) return;
    const found = this.find(bucket, key);
    if (!found) throw noSuchKey(key);
    if (unquoted(found.etag) !== unquoted(ifMatch)) throw preconditionFailed('If-Match');
  }

  private removeEmptyFolders(from: string, root: string): void {
    try {
      for (let dir = from; dir !== root; dir = dirname(dir)) rmdirSync(dir);
    } catch {
      // Not empty: something else lives there.
    }
  }
}

export const unquoted = (etag: string): string => etag.replaceAll('"', '');

export function closeObject({ fd }: { fd: number }): void {
  closeSync(fd);
}

function makeFolder(dir: string, key: string): void {
  try {
    mkdirSync(dir, { recursive: true });
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ENOTDIR' || code === 'EEXIST')
      throw notImplemented(`the key ${key} below a key that is an object itself`);
    throw error;
  }
}

/** A link fails when the name is taken, so of two writers one wins. */
function linkNew(path: string, target: string, ifNoneMatch: string): void {
  if (ifNoneMatch !== '*') throw notImplemented(`If-None-Match: ${ifNoneMatch} on a write`);
  try {
    linkSync(path, target);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw preconditionFailed('If-None-Match');
    throw error;
  }
}
