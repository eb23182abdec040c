/**
 * npm run bench:collect -- [--rounds 60] [--cpu-prof <folder>]
 *
 * The collector's own CPU for one event at batches of 500, bundled as it is deployed: from the request's body to the
 * records and the answer, with a stream that takes no time. Beside it, in the same run, what JSON.parse and
 * JSON.stringify of the same bytes take.
 */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { buildSync } from 'esbuild';
import { FUNCTION_SETTINGS } from '../lib/shared/bundle.ts';
import type { Collecting } from './collect/worker.ts';
import { figure, machine } from './machine.ts';

const ASKED_US = 12;
/** What is aimed at; the other one is what is asked. */
const AIMED_RATIO = 2;

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '60' }, 'cpu-prof': { type: 'string' } },
});

function measured(): Collecting {
  const dir = mkdtempSync(join(tmpdir(), 'repoint-bench-'));
  const outfile = join(dir, 'worker.mjs');
  const profile = values['cpu-prof'];
  try {
    // Short names are left out: nobody could read them in a profile.
    buildSync({
      entryPoints: [join(import.meta.dirname, 'collect', 'worker.ts')],
      outfile,
      ...FUNCTION_SETTINGS,
      minifySyntax: true,
    });
    const profiled = profile === undefined ? [] : ['--cpu-prof', `--cpu-prof-dir=${profile}`];
    const output = execFileSync(process.execPath, [...profiled, outfile, values.rounds], {
      encoding: 'utf8',
      env: { ...process.env, NODE_NO_WARNINGS: '1', POWERTOOLS_SERVICE_NAME: 'bench' },
    });
    return JSON.parse(output.trim().split('\n').at(-1) ?? '') as Collecting;
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

console.log(machine());
const { bytes, handlerUs, baselineUs, personalUs, bytesUs } = measured();
figure('bytes of an event', bytes, 'B');
figure('JSON.parse + JSON.stringify per event', baselineUs, 'µs');
const good = figure('collector per event', handlerUs, 'µs', { atMost: ASKED_US });
figure('… with its records as the bytes that are sent', bytesUs, 'µs');
figure('collector per login with e-mail and phone', personalUs, 'µs');
const ratio = handlerUs / baselineUs;
figure(`times the baseline (aim: ≤ ${AIMED_RATIO})`, ratio, '×');
process.exitCode = good ? 0 : 1;
