import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { type BuildOptions, buildSync } from 'esbuild';
import { GENERATED } from './tracker-plan.ts';

const ROOT = join(import.meta.dirname, '..');
const SOURCE = join(ROOT, 'web', 'tracker');

/** What a page of the shop may be made to load, gzipped. */
export const MAX_GZIPPED_BYTES = 4096;

export interface TrackerFile {
  readonly file: string;
  readonly bytes: number;
  readonly gzippedBytes: number;
}

const SETTINGS = {
  bundle: true,
  minify: true,
  target: 'es2019',
  platform: 'browser',
  legalComments: 'none',
  logLevel: 'warning',
} satisfies BuildOptions;

/**
 * Builds the tracker into `outdir`: repoint.js for a script element, repoint.mjs for bundlers, repoint.d.ts for both, and
 * the snippet. Returns the size of each script.
 */
export function buildTracker(outdir = join(ROOT, 'dist', 'tracker')): TrackerFile[] {
  const files = [
    { entry: 'script.ts', name: 'repoint.js', format: 'iife' },
    { entry: 'repoint.ts', name: 'repoint.mjs', format: 'esm' },
  ] as const;
  const built = files.map(({ entry, name, format }) => {
    const outfile = join(outdir, name);
    buildSync({ ...SETTINGS, entryPoints: [join(SOURCE, entry)], outfile, format });
    const code = readFileSync(outfile);
    return { file: name, bytes: code.length, gzippedBytes: gzipSync(code, { level: 9 }).length };
  });
  writeFileSync(join(outdir, 'repoint.d.ts'), declarations());
  writeFileSync(join(outdir, 'snippet.html'), readFileSync(join(SOURCE, 'snippet.html')));
  return built;
}

/** One file that needs no other: what api.ts says, and the plan's types that it imports. */
function declarations(): string {
  const plan = readFileSync(join(GENERATED, 'plan.ts'), 'utf8');
  const api = readFileSync(join(SOURCE, 'api.ts'), 'utf8').replace(/^import .*\n/gm, '');
  return `${plan}\n${api}\nexport declare const repoint: Repoint;\ndeclare global {\n  interface Window {\n    repoint: Repoint;\n  }\n}\n`;
}
