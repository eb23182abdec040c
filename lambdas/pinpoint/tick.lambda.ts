import { documentClient } from '../shared/dynamodb.aws.ts';
import { readEnv } from '../shared/env.ts';
import { sqsSender } from '../shared/queue-sender.aws.ts';
import { scheduleHandler } from '../shared/schedule.ts';
import { tick } from './campaigns/tick.ts';
import { PINPOINT_ENV } from './env.ts';
import { dynamoRegistry } from './registry.aws.ts';
import type { LaneMessage, RunMessage } from './runs/run.ts';
import { dynamoRunStore } from './runs/run-store.aws.ts';

const env = readEnv({
  registry: PINPOINT_ENV.registryTable,
  runs: PINPOINT_ENV.runsTable,
  runsQueue: PINPOINT_ENV.runsQueueUrl,
  slicesQueue: PINPOINT_ENV.slicesQueueUrl,
});
const client = documentClient();
const deps = {
  registry: dynamoRegistry(env.registry, client),
  runs: dynamoRunStore(env.runs, client),
  runQueue: sqsSender<RunMessage>(env.runsQueue),
  sliceQueue: sqsSender<LaneMessage>(env.slicesQueue),
  clock: Date.now,
};

export const handler = scheduleHandler((ctx) => tick(deps, ctx));
