/** npm run bench:bundles: each function's minified size and how long its import takes in a fresh process. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { bundleFunctions, bundlePath } from '../lib/shared/bundle.ts';
import { machine } from './machine.ts';

const MAX_BYTES = 1_048_576;
const MAX_IMPORT_MS = 250;
const RUNS = 5;

/** Milliseconds of `import()` alone; a module that reads its environment at load gets every variable it asks for. */
const PROBE = `
  const env = new Proxy(process.env, { get: (target, name) => target[name] ?? (typeof name === 'string' && /^[A-Z][A-Z0-9_]+$/.test(name) && !/^(AWS_LAMBDA_|NODE_|_X_AMZN|AWS_(PROFILE|CONFIG|SHARED|SDK|ENDPOINT|USE|DEFAULTS|NODEJS|STS|ROLE|WEB|CONTAINER|EC2|SESSION|CA|MAX|RETRY|REQUEST|RESPONSE|ACCOUNT|AUTH|EXECUTION|SIGV4|S3|BEARER|LOGIN|EMF|XRAY))/.test(name) ? 'x' : undefined) });
  Object.defineProperty(process, 'env', { value: env });
  const began = performance.now();
  await import(process.argv[1]);
  console.log(performance.now() - began);
  process.exit(0);
`;

function importMs(name: string): number {
  const runs = Array.from({ length: RUNS }, () =>
    Number(
      execFileSync(
        process.execPath,
        ['--input-type=module', '-e', PROBE, `file://${join(bundlePath(name), 'index.mjs')}`],
        {
          encoding: 'utf8',
          env: { ...process.env, AWS_REGION: 'us-east-1', NODE_NO_WARNINGS: '1' },
        },
      )
        .trim()
        .split('\n')
        .at(-1),
    ),
  );
  return runs.sort((a, b) => a - b)[Math.floor(RUNS / 2)] ?? Number.NaN;
}

console.log(machine());
let good = true;
for (const { name, bytes } of bundleFunctions()) {
  const median = importMs(name);
  const met = bytes <= MAX_BYTES && median <= MAX_IMPORT_MS;
  good &&= met;
  console.log(
    `${name.padEnd(24)} ${(bytes / 1024).toFixed(0).padStart(6)} KiB  import ${median.toFixed(0).padStart(5)} ms (median of ${RUNS})${met ? '' : '  NOT MET'}`,
  );
}
console.log(`asked: each ≤ ${MAX_BYTES / 1024} KiB, import ≤ ${MAX_IMPORT_MS} ms`);
process.exitCode = good ? 0 : 1;
