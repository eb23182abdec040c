import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { buildSync } from 'esbuild';

const CACHE = join(import.meta.dirname, '..', '..', '..', 'node_modules', '.cache');
let script: URL | undefined;

/** The worker's code as one plain ES module in node's cache folder, so that a thread starts without a TypeScript loader. */
export function workerScript(): URL {
  script ??= written();
  return script;
}

function written(): URL {
  const { outputFiles } = buildSync({
    entryPoints: [join(import.meta.dirname, 'worker.ts')],
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    logLevel: 'warning',
  });
  const code = outputFiles[0]?.text ?? '';
  const hash = createHash('sha256').update(code).digest('hex').slice(0, 12);
  const file = join(CACHE, `repoint-worker-${hash}.mjs`);
  if (!existsSync(file)) {
    mkdirSync(CACHE, { recursive: true });
    // Other processes may start at the same time: the file appears whole.
    const own = `${file}.${process.pid}`;
    writeFileSync(own, code);
    renameSync(own, file);
  }
  return pathToFileURL(file);
}
