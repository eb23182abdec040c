import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { bundleFunctions } from '../../lib/shared/bundle.ts';
import { fileLock } from './file-lock.ts';
import { fingerprint, newest } from './fingerprint.ts';

const ROOT = join(import.meta.dirname, '..', '..');
/** What templates and bundles are made from. */
const SOURCES = [
  'bin',
  'lib',
  'lambdas',
  'schemas',
  'local/repoint.config.ts',
  'cdk.json',
  'package-lock.json',
];
const LOCK = join(ROOT, 'node_modules', '.cache', 'repoint-build.lock');
const LOCK_WAIT_MS = 120_000;

/**
 * Bundles the functions and synthesises the stage `local` into `outDir`, unless `outDir` was made from these very
 * sources. Two processes never build at once: they share dist/. Throws with the synth's own words when it fails.
 */
export async function buildAssembly(outDir: string): Promise<{ built: boolean }> {
  if (isCurrent(outDir)) return { built: false };
  const release = await fileLock(LOCK, { waitMs: LOCK_WAIT_MS });
  try {
    if (isCurrent(outDir)) return { built: false };
    await generateIfStale();
    const made = fingerprint(ROOT, SOURCES);
    bundleFunctions();
    rmSync(outDir, { recursive: true, force: true });
    await run(['bin/repoint.ts'], {
      REPOINT_STAGE: 'local',
      CDK_OUTDIR: outDir,
      CDK_VALIDATION: 'false',
    });
    mkdirSync(outDir, { recursive: true });
    writeFileSync(stampFile(outDir), made);
    return { built: true };
  } finally {
    release();
  }
}

const stampFile = (outDir: string): string => join(outDir, '.made-from');

const isCurrent = (outDir: string): boolean =>
  existsSync(stampFile(outDir)) && readFileSync(stampFile(outDir), 'utf8') === fingerprint(ROOT, SOURCES);

/** Validators are compiled from schemas/ by `npm ci`; after an edit they are older than their schema. */
async function generateIfStale(): Promise<void> {
  const isGenerated = (file: string): boolean => file.includes('generated');
  const schemas = newest(ROOT, ['schemas'], (file) => !isGenerated(file));
  if (newest(ROOT, ['schemas'], isGenerated) < schemas) await run(['scripts/generate.ts'], {});
}

/** Runs a script of the tree as a child process. */
function run(script: readonly string[], env: Readonly<Record<string, string>>): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--import', 'tsx', ...script], {
      cwd: ROOT,
      env: { ...process.env, NODE_NO_WARNINGS: '1', ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let output = '';
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => {
        output += chunk.toString('utf8');
      });
    child.once('error', reject);
    child.once('exit', (code) => {
      if (code === 0) resolve();
      else reject(new Error(`${script.join(' ')} failed:\n${output.trim()}`));
    });
  });
}
