/** npm run check: types, lint and boundaries side by side; prints what fails. */
import { spawn } from 'node:child_process';

const CHECKS = ['typecheck', 'lint', 'boundaries'];

const results = await Promise.all(
  CHECKS.map(
    (name) =>
      new Promise<{ name: string; code: number | null; output: string }>((resolve) => {
        const child = spawn('npm', ['run', '--silent', name], { stdio: ['ignore', 'pipe', 'pipe'] });
        let output = '';
        for (const stream of [child.stdout, child.stderr])
          stream.on('data', (chunk: Buffer) => (output += chunk.toString()));
        child.once('exit', (code) => resolve({ name, code, output }));
      }),
  ),
);
const failed = results.filter(({ code }) => code !== 0);
for (const { name, output } of failed) console.error(`${name} failed:\n${output}`);
console.log(results.map(({ name, code }) => `${name} ${code === 0 ? 'ok' : 'FAILED'}`).join(', '));
process.exitCode = failed.length > 0 ? 1 : 0;
