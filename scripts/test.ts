/** npm test: the boundaries beside the tests (flow tests wait as often as they compute); fails when either does. */
import { spawn } from 'node:child_process';

const exit = (...args: readonly string[]): Promise<number> =>
  new Promise((resolve) => {
    spawn(process.execPath, args, { stdio: 'inherit' }).once('exit', (code) => resolve(code ?? 1));
  });

const [tests, boundaries] = await Promise.all([
  exit('node_modules/vitest/vitest.mjs', 'run', ...process.argv.slice(2)),
  exit('--import', 'tsx', 'scripts/check.ts', 'boundaries'),
]);
if (boundaries !== 0) console.error('npm run boundaries failed: see above');
process.exitCode = tests || boundaries;
