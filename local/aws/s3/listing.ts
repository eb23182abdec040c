import { type Dirent, readdirSync } from 'node:fs';
import { join } from 'node:path';

export interface ListQuery {
  readonly prefix: string;
  readonly delimiter: string;
  /** Only keys after this one. */
  readonly after: string;
  readonly maxKeys: number;
}

export interface Listing {
  readonly keys: readonly string[];
  readonly commonPrefixes: readonly string[];
  /** Where the next page goes on, when there is more. */
  readonly next?: string;
}

/** Past every key that begins with what stands before it (keys are valid UTF-8, so none has this byte). */
const LAST = Buffer.from([0xff]);

const after = (a: Buffer, b: Buffer): boolean => Buffer.compare(a, b) > 0;

/** Keys of a bucket folder in S3's order (the bytes of their UTF-8), one page, grouped at the delimiter. */
export function listKeys(bucketDir: string, { prefix, delimiter, after: from, maxKeys }: ListQuery): Listing {
  const keys: string[] = [];
  const commonPrefixes: string[] = [];
  const position = { after: startAfter(from, delimiter, prefix) };
  let last = '';
  for (const key of walk(bucketDir, '', prefix, position)) {
    if (keys.length + commonPrefixes.length >= maxKeys) return { keys, commonPrefixes, next: last };
    const cut = delimiter === '' ? -1 : key.indexOf(delimiter, prefix.length);
    if (cut < 0) {
      keys.push(key);
      last = key;
    } else {
      last = key.slice(0, cut + delimiter.length);
      commonPrefixes.push(last);
      position.after = Buffer.concat([Buffer.from(last), LAST]);
    }
  }
  return { keys, commonPrefixes };
}

/** A page that ended with a common prefix goes on after everything in it. */
function startAfter(from: string, delimiter: string, prefix: string): Buffer {
  const bytes = Buffer.from(from);
  const isGroup = delimiter !== '' && from.length > prefix.length && from.endsWith(delimiter);
  return isGroup ? Buffer.concat([bytes, LAST]) : bytes;
}

function* walk(dir: string, above: string, prefix: string, position: { after: Buffer }): Generator<string> {
  for (const { key, entry } of inOrder(dir, above)) {
    const reachesPrefix = key.startsWith(prefix) || (entry.isDirectory() && prefix.startsWith(key));
    if (!reachesPrefix) continue;
    if (entry.isDirectory()) {
      if (after(Buffer.concat([Buffer.from(key), LAST]), position.after))
        yield* walk(join(dir, entry.name), key, prefix, position);
    } else if (after(Buffer.from(key), position.after)) yield key;
  }
}

/** A folder sorts by its name with the slash, as the keys in it do. */
function inOrder(dir: string, above: string): { key: string; entry: Dirent }[] {
  return read(dir)
    .map((entry) => ({ entry, key: `${above}${entry.name}${entry.isDirectory() ? '/' : ''}` }))
    .sort((a, b) => Buffer.compare(Buffer.from(a.key), Buffer.from(b.key)));
}

function read(dir: string): Dirent[] {
  try {
    return readdirSync(dir, { withFileTypes: true });
  } catch {
    return []; // Deleted while we were on the way.
  }
}
