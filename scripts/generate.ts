/**
 * Generates validators and types from schemas/ (compile-schemas.ts), the API's description (openapi/) and the tracker's share of the tracking plan
 * (tracker-plan.ts), unless what is there was generated from these very schemas: `npm ci`, `npm test` and a start all ask for it, and loading the compilers takes seconds.
 */
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fingerprint } from '../local/build/fingerprint.ts';

const ROOT = join(import.meta.dirname, '..');
const STAMP = join(ROOT, 'dist', '.schemas-made-from');
/** With what was generated, so that a file that was changed or is gone is made anew. */
const made = (): string =>
  fingerprint(ROOT, ['schemas', 'scripts', 'web/tracker/generated', 'package-lock.json']);

if (!existsSync(STAMP) || readFileSync(STAMP, 'utf8') !== made()) {
  const { generate } = await import('./compile-schemas.ts');
  await generate();
  const { writeOpenApi } = await import('./openapi/write.ts');
  writeOpenApi(join(ROOT, 'schemas'));
  const { generateTrackerPlan } = await import('./tracker-plan.ts');
  await generateTrackerPlan();
  mkdirSync(dirname(STAMP), { recursive: true });
  writeFileSync(STAMP, made());
}
