import { defineConfig } from 'vitest/config';

/** `npm run test:browser`: what takes a browser and a system, and therefore too long for `npm test`. */
export default defineConfig({
  test: {
    include: ['test/web/*.browser.ts'],
    env: { CDK_VALIDATION: 'false', AWS_REGION: 'ap-northeast-2', NODE_NO_WARNINGS: '1' },
    globalSetup: ['test/support/global-setup.ts'],
    testTimeout: 60_000,
    hookTimeout: 120_000,
    pool: 'forks',
    // A shared machine that stalls must not refuse a change; a broken guarantee fails twice.
    retry: process.env['CI'] ? 1 : 0,
  },
});
