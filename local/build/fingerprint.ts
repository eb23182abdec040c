import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

/**
 * A hash over names and contents of the files under `paths` (folders or files, relative to `root`). Times do not
 * count: generated files are written anew, with the same content, at every test run. Missing paths count as empty.
 */
export function fingerprint(root: string, paths: readonly string[]): string {
  const hash = createHash('sha256');
  for (const file of paths.flatMap((path) => filesUnder(root, path)).sort()) {
    hash.update(`${file}\0`);
    hash.update(readFileSync(join(root, file)));
  }
  return hash.digest('hex');
}

/** The newest modification of a file under `paths` that `counts`, in epoch ms; 0 when there is none. */
export function newest(
  root: string,
  paths: readonly string[],
  counts: (file: string) => boolean = () => true,
): number {
  const files = paths.flatMap((path) => filesUnder(root, path)).filter(counts);
  return Math.max(0, ...files.map((file) => statSync(join(root, file)).mtimeMs));
}

function filesUnder(root: string, path: string): string[] {
  const found = statSync(join(root, path), { throwIfNoEntry: false });
  if (!found) return [];
  if (found.isFile()) return [path];
  return readdirSync(join(root, path)).flatMap((name) => filesUnder(root, join(path, name)));
}
