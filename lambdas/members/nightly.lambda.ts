import { type CompactRequest, s3Compactions, s3LakeFiles } from '../events/index.ts';
import { LAKE_ENV, readEnv } from '../shared/env.ts';
import { cryptoIds } from '../shared/ids.ts';
import { athenaQueries } from '../shared/queries.aws.ts';
import { sqsSender } from '../shared/queue-sender.aws.ts';
import { scheduleHandler } from '../shared/schedule.ts';
import { wallTime } from '../shared/wall-time.aws.ts';
import { ERASE_ENV, ERASE_LAKE_ENV, ERASURES_ENV, KEEPING_ENV, MEMBERS_ENV } from './env.ts';
import { eraseFromLake } from './erasure/erase-from-lake.ts';
import { dynamoErasures } from './erasure/erasure-store.aws.ts';
import type { Keeping } from './erasure/erasure-view.ts';
import { dynamoPersonRows } from './erasure/person-rows.aws.ts';
import type { EraseMessage } from './erasure/ports.ts';

const env = readEnv({
  ...{ ...MEMBERS_ENV, ...ERASURES_ENV, ...ERASE_ENV, ...KEEPING_ENV },
  ...{ ...ERASE_LAKE_ENV, ...LAKE_ENV },
});
const deps = {
  erasures: dynamoErasures(env.erasuresTable),
  rows: dynamoPersonRows(env),
  queries: athenaQueries(env),
  compactions: s3Compactions(env.lakeBucket),
  files: s3LakeFiles(env.lakeBucket),
  rewriting: sqsSender<CompactRequest>(env.compactionsQueueUrl),
  queue: sqsSender<EraseMessage>(env.erasuresQueueUrl),
  ids: cryptoIds,
  keeping: JSON.parse(env.keeping) as Keeping,
  time: wallTime,
};

export const handler = scheduleHandler((ctx) => eraseFromLake(deps, ctx));
