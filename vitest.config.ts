import { defineConfig } from 'vitest/config';
import { FlowsFirst } from './test/support/flows-first.ts';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    env: {
      CDK_VALIDATION: 'false',
      AWS_REGION: 'ap-northeast-2',
      NODE_NO_WARNINGS: '1',
      POWERTOOLS_LOG_LEVEL: 'SILENT',
      POWERTOOLS_METRICS_DISABLED: 'true',
    },
    globalSetup: ['test/support/global-setup.ts'],
    testTimeout: 180_000,
    hookTimeout: 300_000,
    pool: 'forks',
    // Files share their worker's modules: loading the SDKs and the CDK once a file was a third of the time.
    isolate: false,
    // A shared machine that stalls must not refuse a change; a broken guarantee fails twice.
    retry: process.env['CI'] ? 1 : 0,
    maxWorkers: 2,
    // As many flows as wait side by side.
    maxConcurrency: 8,
    sequence: { sequencer: FlowsFirst },
  },
});
