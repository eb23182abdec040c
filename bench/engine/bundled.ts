import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { FUNCTION_SETTINGS } from '../../lib/shared/bundle.ts';
import type { Job, Measured } from './worker.ts';

export interface Workers {
  /** Works on the jobs, one after the other, in one new process. */
  measure(env: Readonly<Record<string, string>>, jobs: readonly Job[]): Promise<Measured[]>;
  remove(): void;
}

/** Bundles worker.ts with the settings of the functions but for their short names, which nobody could read in a profile. */
export function bundleWorker(): Workers {
  const dir = mkdtempSync(join(tmpdir(), 'repoint-bench-'));
  const outfile = join(dir, 'worker.mjs');
  buildSync({
    entryPoints: [join(import.meta.dirname, 'worker.ts')],
    outfile,
    ...FUNCTION_SETTINGS,
    minifySyntax: true,
    external: [...FUNCTION_SETTINGS.external, 'dynalite'],
    sourcemap: true,
  });
  return {
    measure: (env, jobs) => measure(outfile, env, jobs),
    remove: () => rmSync(dir, { recursive: true, force: true }),
  };
}

async function measure(
  file: string,
  env: Readonly<Record<string, string>>,
  jobs: readonly Job[],
): Promise<Measured[]> {
  const child = spawn(process.execPath, [file, JSON.stringify(jobs)], {
    env: { ...process.env, ...env, NODE_NO_WARNINGS: '1', POWERTOOLS_SERVICE_NAME: 'bench' },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  let output = '';
  for await (const chunk of child.stdout) output += String(chunk);
  const lines = output.split('\n').filter((line) => line.startsWith('{"cpuMs"'));
  if (lines.length < jobs.length) throw new Error(`The worker did ${lines.length} of ${jobs.length} jobs`);
  return lines.map((line) => JSON.parse(line) as Measured);
}
