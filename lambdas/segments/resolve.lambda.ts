import { dynamoMemberProfiles, dynamoMemberScan, ERASURES_ENV, MEMBERS_ENV } from '../members/index.ts';
import { readEnv, SHARED_ENV } from '../shared/env.ts';
import { enginePinpointClient } from '../shared/pinpoint-client.aws.ts';
import { athenaQueries } from '../shared/queries.aws.ts';
import { queueHandler } from '../shared/queue.ts';
import { sqsSender } from '../shared/queue-sender.aws.ts';
import { wallTime } from '../shared/wall-time.aws.ts';
import { SEGMENTS_ENV } from './env.ts';
import { s3ListFiles } from './list-files.aws.ts';
import { s3Lists } from './list-store.aws.ts';
import { listedMembers } from './lists/listed-members.ts';
import { dynamoLists } from './lists/lists.aws.ts';
import type { ResolutionMessage } from './ports.ts';
import { judgePreview } from './preview/judge-preview.ts';
import { pinpointAddresses } from './preview/live-addresses.aws.ts';
import { s3PreviewReports } from './preview/reports.aws.ts';
import { dynamoResolutions } from './resolution-store.aws.ts';
import { s3Bits } from './resolve/bits-store.aws.ts';
import { dynamoGone } from './resolve/gone.aws.ts';
import { resolveSettings } from './resolve/settings.ts';
import { resolveSegment } from './resolve-segment.ts';

const env = readEnv({
  ...SEGMENTS_ENV,
  members: MEMBERS_ENV.table,
  erasures: ERASURES_ENV.erasuresTable,
  timeZone: SHARED_ENV.timeZone,
  stage: SHARED_ENV.stage,
  pinpointFunction: SHARED_ENV.pinpointFunction,
});
const judging = {
  files: s3ListFiles(),
  profiles: dynamoMemberProfiles(env.members),
  addresses: pinpointAddresses(enginePinpointClient(env.pinpointFunction), env.stage),
  reports: s3PreviewReports(env.bucket),
};
const deps = {
  resolutions: dynamoResolutions(env.table),
  queue: sqsSender<ResolutionMessage>(env.resolutionsQueueUrl),
  members: dynamoMemberScan(env.members),
  gone: dynamoGone(env),
  listed: listedMembers(dynamoLists(env.table)),
  bits: s3Bits(env.bucket),
  lists: s3Lists(env.bucket),
  queries: athenaQueries({ workgroup: env.athenaWorkgroup, database: env.database }),
  time: wallTime,
  settings: resolveSettings(env),
  previewed: (id: string, listUrl: string) => judgePreview(judging, id, listUrl),
};

export const handler = queueHandler<ResolutionMessage>(({ body }, ctx) => resolveSegment(deps, ctx, body));
