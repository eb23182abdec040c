/** npm run bench:bundles: each function's minified size and how long its import takes in a fresh process. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { bundleFunctions, bundlePath } from '../lib/shared/bundle.ts';
import { environments, RUNTIME } from '../test/lib/environments.ts';
import { machine } from './machine.ts';

const MAX_BYTES = 1_048_576;
const MAX_IMPORT_MS = 250;
const RUNS = 5;

/** Milliseconds of `import()` alone: the start of node is not the function's doing. */
const PROBE = `
  const began = performance.now();
  await import(process.argv[1]);
  console.log(performance.now() - began);
  process.exit(0);
`;

function importMs(name: string): number {
  const file = `file://${join(bundlePath(name), 'index.mjs')}`;
  const env = { ...environments.get(name), ...RUNTIME };
  const runs = Array.from({ length: RUNS }, () =>
    Number(
      execFileSync(process.execPath, ['--input-type=module', '-e', PROBE, file], { encoding: 'utf8', env }),
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
  const size = (bytes / 1024).toFixed(0).padStart(6);
  console.log(
    `${name.padEnd(24)} ${size} KiB  import ${median.toFixed(0).padStart(5)} ms (median of ${RUNS})${met ? '' : '  NOT MET'}`,
  );
}
console.log(`asked: each ≤ ${MAX_BYTES / 1024} KiB, import ≤ ${MAX_IMPORT_MS} ms`);
process.exitCode = good ? 0 : 1;
