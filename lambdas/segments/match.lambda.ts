import { ERASURES_ENV, MEMBERS_ENV } from '../members/index.ts';
import { readEnv } from '../shared/env.ts';
import { queueHandler } from '../shared/queue.ts';
import { sqsSender } from '../shared/queue-sender.aws.ts';
import { LISTS_ENV, SEGMENTS_ENV } from './env.ts';
import { s3ListUploads } from './lists/files.aws.ts';
import { dynamoLists } from './lists/lists.aws.ts';
import { matchList } from './lists/match-list.ts';
import { dynamoPeople } from './lists/people.aws.ts';
import type { MatchMessage } from './lists/ports.ts';

const { table, bucket } = SEGMENTS_ENV;
const members = { members: MEMBERS_ENV.table, memberState: MEMBERS_ENV.stateTable };
const env = readEnv({ table, bucket, ...LISTS_ENV, ...members, erasures: ERASURES_ENV.erasuresTable });
const deps = {
  lists: dynamoLists(env.table),
  files: s3ListUploads(env.bucket),
  people: dynamoPeople(env),
  queue: sqsSender<MatchMessage>(env.listsQueueUrl),
  clock: () => Date.now(),
};

export const handler = queueHandler<MatchMessage>(async ({ body }, ctx) => {
  await matchList(deps, ctx, body);
});
