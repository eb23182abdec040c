/** npm run bench:start: how long `npm start` takes until it answers, with everything to build and with nothing to build. */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { figure, machine } from './machine.ts';
import { startServer } from './server.ts';

const PORT = 7390;

console.log(machine());
const dir = mkdtempSync(join(tmpdir(), 'repoint-bench-'));
let good = true;
try {
  for (const what of ['first start: bundle and synth', 'second start: nothing changed']) {
    const server = await startServer(dir, PORT);
    good = figure(what, server.startedMs / 1000, 's', { atMost: 20 }) && good;
    await server.stop();
  }
} finally {
  rmSync(dir, { recursive: true, force: true });
}
process.exitCode = good ? 0 : 1;
