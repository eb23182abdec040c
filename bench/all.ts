/** npm run bench: every bench in turn, each in a process of its own. */
import { spawnSync } from 'node:child_process';

const BENCHES = [
  'bundles',
  'start',
  'recurrence',
  'plan',
  'collect-cpu',
  'ingest',
  'deliver-cpu',
  'resolve',
  'estimate',
  'cost',
  'campaign',
  'tracker',
];

const failed = BENCHES.filter((name) => {
  console.log(`\n== ${name}`);
  const { status } = spawnSync(process.execPath, ['--import', 'tsx', `bench/${name}.ts`], {
    stdio: 'inherit',
  });
  return status !== 0;
});
if (failed.length > 0) console.log(`\nNot met: ${failed.join(', ')}`);
process.exitCode = failed.length > 0 ? 1 : 0;
