import { setTimeout as sleep } from 'node:timers/promises';
import { dynamoMemberScan, MEMBERS_ENV } from '../members/index.ts';
import { readEnv } from '../shared/env.ts';
import { athenaQueries } from '../shared/queries.aws.ts';
import { queueHandler } from '../shared/queue.ts';
import { sqsSender } from '../shared/queue-sender.aws.ts';
import { SEGMENTS_ENV } from './env.ts';
import { s3Lists } from './list-store.aws.ts';
import type { ResolutionMessage } from './ports.ts';
import { dynamoResolutions } from './resolution-store.aws.ts';
import { resolveSegment } from './resolve-segment.ts';
import { dynamoSegments } from './segment-store.aws.ts';

const env = readEnv({ ...SEGMENTS_ENV, members: MEMBERS_ENV.table });
const deps = {
  segments: dynamoSegments(env.table),
  resolutions: dynamoResolutions(env.table),
  queue: sqsSender<ResolutionMessage>(env.resolutionsQueueUrl),
  members: dynamoMemberScan(env.members),
  lists: s3Lists(env.bucket),
  queries: athenaQueries({ workgroup: env.athenaWorkgroup, database: env.database }),
  time: { now: () => Date.now(), sleep: (ms: number) => sleep(ms) },
};

export const handler = queueHandler<ResolutionMessage>(({ body }, ctx) => resolveSegment(deps, ctx, body));
