/**
 * npm run demo: a small shop goes the whole path, against the running system (`npm start` in another window) or one of
 * its own. Every step uses the doors an external system uses, and prints what happened and where to look.
 */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startSystem } from '../system.ts';
import { line } from './print.ts';
import { type DemoFacts, playDemo } from './steps.ts';

const DIR = '.local';

async function running(): Promise<DemoFacts | undefined> {
  const file = join(DIR, 'system.json');
  if (!existsSync(file)) return undefined;
  const facts = JSON.parse(readFileSync(file, 'utf8')) as DemoFacts;
  const alive = await fetch(`${facts.baseUrl}/local/health`).then(
    ({ ok }) => ok,
    () => false,
  );
  return alive ? facts : undefined;
}

const found = await running();
if (found) {
  console.log(`Using the system that runs at ${found.baseUrl}`);
  await playDemo(found);
} else {
  console.log('No system is running here: starting one (it stops with the demo, its state stays in .local/)');
  const system = await startSystem({ dir: DIR, quiet: true });
  try {
    await playDemo(system);
    line('`npm start` opens the same state again.');
  } finally {
    await system.stop();
  }
}
