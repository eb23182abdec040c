import { documentClient } from '../shared/dynamodb.aws.ts';
import { readEnv } from '../shared/env.ts';
import { queueHandler } from '../shared/queue.ts';
import { sqsSender } from '../shared/queue-sender.aws.ts';
import { dynamoEndpointReader } from './endpoints/endpoint-reader.aws.ts';
import { PINPOINT_ENV } from './env.ts';
import { dynamoRegistry } from './registry.aws.ts';
import { type ResolveDeps, resolveRun } from './runs/resolve-run.ts';
import type { LaneMessage, RunMessage } from './runs/run.ts';
import { s3RunObjects } from './runs/run-objects.aws.ts';
import { dynamoRunStore } from './runs/run-store.aws.ts';
import { s3SegmentLists } from './segments/list-files.aws.ts';
import { s3TemplateContents } from './templates/contents.aws.ts';
import { templateFinder } from './templates/find-template.ts';

const env = readEnv({
  registry: PINPOINT_ENV.registryTable,
  endpoints: PINPOINT_ENV.endpointsTable,
  runs: PINPOINT_ENV.runsTable,
  bucket: PINPOINT_ENV.bucket,
  runsQueue: PINPOINT_ENV.runsQueueUrl,
  slicesQueue: PINPOINT_ENV.slicesQueueUrl,
});
const client = documentClient();
const registry = dynamoRegistry(env.registry, client);
const deps: ResolveDeps = {
  registry,
  lists: s3SegmentLists(registry, env.bucket),
  endpoints: dynamoEndpointReader(env.endpoints, client),
  runs: dynamoRunStore(env.runs, client),
  objects: s3RunObjects(env.bucket),
  templates: templateFinder({ registry, contents: s3TemplateContents(env.bucket) }),
  runQueue: sqsSender<RunMessage>(env.runsQueue),
  sliceQueue: sqsSender<LaneMessage>(env.slicesQueue),
  clock: Date.now,
};

export const handler = queueHandler<RunMessage>(({ body }, ctx) => resolveRun(deps, ctx, body));
