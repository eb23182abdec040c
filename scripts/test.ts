/** npm test: types, lint and boundaries beside the tests (flow tests wait as often as they compute); fails when any does. */
import { spawn } from 'node:child_process';

const exit = (command: string, args: readonly string[]): Promise<number> =>
  new Promise((resolve) => {
    spawn(command, args, { stdio: 'inherit' }).once('exit', (code) => resolve(code ?? 1));
  });

const [tests, check] = await Promise.all([
  exit('npx', ['--no-install', 'vitest', 'run', ...process.argv.slice(2)]),
  exit('npm', ['run', '--silent', 'check']),
]);
if (check !== 0) console.error('npm run check failed: see above');
process.exitCode = tests || check;
