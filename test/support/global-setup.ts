import { execFileSync } from 'node:child_process';

/** Validators and types are generated from schemas/ before any test imports them. */
export default function setup(): void {
  // `npm test` has just done it.
  if (process.env['npm_lifecycle_event'] === 'test') return;
  execFileSync(process.execPath, ['--import', 'tsx', 'scripts/generate.ts'], { stdio: 'inherit' });
}
