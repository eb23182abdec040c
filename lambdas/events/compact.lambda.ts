import { dynamoErasedPeople, ERASURES_ENV } from '../members/index.ts';
import { LAKE_ENV, readEnv } from '../shared/env.ts';
import { athenaQueries } from '../shared/queries.aws.ts';
import { queueHandler } from '../shared/queue.ts';
import { wallTime } from '../shared/wall-time.aws.ts';
import { compactPartition } from './compaction/compact-partition.ts';
import { s3Compactions } from './compaction/compaction-store.aws.ts';
import { s3LakeFiles } from './compaction/lake-files.aws.ts';
import type { CompactRequest } from './compaction/ports.ts';
import { COMPACTION_ENV } from './env.ts';

const env = readEnv({ ...COMPACTION_ENV, ...LAKE_ENV, ...ERASURES_ENV });
const deps = {
  compactions: s3Compactions(env.lakeBucket),
  files: s3LakeFiles(env.lakeBucket),
  queries: athenaQueries(env),
  erasures: dynamoErasedPeople(env.erasuresTable),
  time: wallTime,
};

export const handler = queueHandler<CompactRequest>(({ body }, ctx) => compactPartition(deps, ctx, body));
