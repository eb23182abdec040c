import { execFileSync } from 'node:child_process';

/** Validators and types are generated from schemas/ before any test imports them. */
export default function setup(): void {
  execFileSync('npx', ['--no-install', 'tsx', 'scripts/generate.ts'], { stdio: 'inherit' });
}
