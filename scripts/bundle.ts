/** Bundles every function entry (lambdas/<domain>/<name>.lambda.ts) to dist/<domain>-<name>/index.mjs. */
import { bundleFunctions } from '../lib/shared/bundle.ts';

for (const { name, bytes } of bundleFunctions()) console.log(`${String(bytes).padStart(9)}  ${name}`);
