import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/**
 * Validators and types are generated from schemas/ before any test imports them. What the tests put into temporary
 * folders lies in one, which goes with the run.
 */
export default function setup(): () => void {
  // `npm test` has just done it.
  if (process.env['npm_lifecycle_event'] !== 'test')
    execFileSync(process.execPath, ['--import', 'tsx', 'scripts/generate.ts'], { stdio: 'inherit' });
  const folder = mkdtempSync(join(tmpdir(), 'repoint-tests-'));
  process.env['TMPDIR'] = folder;
  return () => rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
}
