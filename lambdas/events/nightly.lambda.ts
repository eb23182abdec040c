import { readEnv } from '../shared/env.ts';
import { sqsSender } from '../shared/queue-sender.aws.ts';
import { scheduleHandler } from '../shared/schedule.ts';
import { s3Compactions } from './compaction/compaction-store.aws.ts';
import { s3LakeFiles } from './compaction/lake-files.aws.ts';
import type { CompactRequest } from './compaction/ports.ts';
import { queueCompactions } from './compaction/queue-compactions.ts';
import { COMPACTION_ENV, NIGHTLY_ENV } from './env.ts';

const env = readEnv({ ...COMPACTION_ENV, ...NIGHTLY_ENV });
const deps = {
  compactions: s3Compactions(env.lakeBucket),
  files: s3LakeFiles(env.lakeBucket),
  queue: sqsSender<CompactRequest>(env.compactionsQueueUrl),
  retentionDays: { events: Number(env.eventsDays), ledger: Number(env.ledgerDays) },
};

export const handler = scheduleHandler(async (ctx) => {
  await queueCompactions(deps, ctx);
});
