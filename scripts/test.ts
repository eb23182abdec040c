/** npm test: types, lint and boundaries beside the tests (flow tests wait as often as they compute); fails when any does. */
import { spawn } from 'node:child_process';

const exit = (...args: readonly string[]): Promise<number> =>
  new Promise((resolve) => {
    spawn(process.execPath, args, { stdio: 'inherit' }).once('exit', (code) => resolve(code ?? 1));
  });

const [tests, check] = await Promise.all([
  exit('node_modules/vitest/vitest.mjs', 'run', ...process.argv.slice(2)),
  exit('--import', 'tsx', 'scripts/check.ts'),
]);
if (check !== 0) console.error('npm run check failed: see above');
process.exitCode = tests || check;
