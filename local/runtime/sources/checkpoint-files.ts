import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Checkpoints } from './ports.ts';

/** Checkpoints as files `<dir>/<mapping>/<shard>`; a file is replaced whole, so a kill leaves the old or the new one. */
export function checkpointFiles(dir: string): Checkpoints {
  return {
    async load(mapping, shardId) {
      try {
        return (await readFile(join(dir, mapping, shardId), 'utf8')).trim();
      } catch (error) {
        if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
        throw error;
      }
    },
    async save(mapping, shardId, sequenceNumber) {
      const file = join(dir, mapping, shardId);
      await mkdir(join(dir, mapping), { recursive: true });
      await writeFile(`${file}.new`, sequenceNumber);
      await rename(`${file}.new`, file);
    },
  };
}
