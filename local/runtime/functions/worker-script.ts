import { join } from 'node:path';
import { buildSync } from 'esbuild';

let script: URL | undefined;

/**
 * The worker's code as one plain ES module, so that a worker thread starts without a TypeScript loader. A data URL
 * needs no file; functions are imported by absolute file URLs.
 */
export function workerScript(): URL {
  script ??= bundled();
  return script;
}

function bundled(): URL {
  const { outputFiles } = buildSync({
    entryPoints: [join(import.meta.dirname, 'worker.ts')],
    bundle: true,
    write: false,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    logLevel: 'warning',
  });
  return new URL(`data:text/javascript,${encodeURIComponent(outputFiles[0]?.text ?? '')}`);
}
