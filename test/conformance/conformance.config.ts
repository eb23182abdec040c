import { defineConfig } from 'vitest/config';
import base from '../../vitest.config.ts';

/** `npm run test:conformance` names the files of what the machine has. */
export default defineConfig({
  ...base,
  test: { ...base.test, include: ['test/conformance/*.conformance.ts', 'test/**/*.test.ts'] },
});
