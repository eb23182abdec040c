/** npm run build:tracker: builds web/tracker into dist/tracker, prints each script's size and fails above 4,096 bytes gzipped. */
import { buildTracker, MAX_GZIPPED_BYTES } from './tracker-build.ts';
import { generateTrackerPlan } from './tracker-plan.ts';

await generateTrackerPlan();
for (const { file, bytes, gzippedBytes } of buildTracker()) {
  const met = gzippedBytes <= MAX_GZIPPED_BYTES;
  console.log(
    `${file.padEnd(12)} ${bytes} bytes, ${gzippedBytes} gzipped (at most ${MAX_GZIPPED_BYTES})${met ? '' : '  TOO LARGE'}`,
  );
  if (!met) process.exitCode = 1;
}
