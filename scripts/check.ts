/** npm run check -- [NAME…]: types, lint and boundaries side by side, or the named ones; prints what fails. */
import { spawn } from 'node:child_process';
import { delimiter, join } from 'node:path';
import packageJson from '../package.json' with { type: 'json' };

const CHECKS = ['typecheck', 'lint', 'boundaries'] as const;
const BIN = join(import.meta.dirname, '..', 'node_modules', '.bin');
const env = { ...process.env, PATH: `${BIN}${delimiter}${process.env['PATH']}` };

const asked = CHECKS.filter((name) => process.argv.length < 3 || process.argv.includes(name));
const results = await Promise.all(
  asked.map(
    (name) =>
      new Promise<{ name: string; code: number | null; output: string }>((resolve) => {
        const child = spawn(packageJson.scripts[name], {
          shell: true,
          env,
          stdio: ['ignore', 'pipe', 'pipe'],
        });
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
