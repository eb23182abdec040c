import { validateAskRule } from '../../schemas/segments/generated/requests.js';
import {
  ATTRIBUTES_ENV,
  dynamoAttributes,
  dynamoMemberScan,
  ERASURES_ENV,
  MEMBERS_ENV,
} from '../members/index.ts';
import { readEnv, SHARED_ENV } from '../shared/env.ts';
import { get, httpHandler, idempotent, withBody } from '../shared/http.ts';
import { dynamoIdempotency } from '../shared/idempotency.aws.ts';
import { athenaQueries } from '../shared/queries.aws.ts';
import { sqsSender } from '../shared/queue-sender.aws.ts';
import { wallTime } from '../shared/wall-time.aws.ts';
import { SEGMENTS_ENV, SIZES_ENV } from './env.ts';
import { explainRule } from './explain/explain-rule.ts';
import { s3LakeSizes } from './explain/lake-sizes.aws.ts';
import { getHistory } from './history/get-history.ts';
import { knownHere } from './known-here.ts';
import { s3ListFiles } from './list-files.aws.ts';
import { dynamoLists } from './lists/lists.aws.ts';
import { isMember } from './membership/is-member.ts';
import { listMembers } from './membership/list-members.ts';
import { listsHaving } from './membership/lists-having.ts';
import type { ResolutionMessage } from './ports.ts';
import { memberNames } from './preview/member-names.ts';
import { getPreview, previewRule } from './preview/preview-rule.ts';
import { s3PreviewReports } from './preview/reports.aws.ts';
import { dynamoResolutions } from './resolution-store.aws.ts';
import { dynamoGone } from './resolve/gone.aws.ts';
import { readRule } from './resolve/read-rule.ts';
import { resolveSettings } from './resolve/settings.ts';
import { postResolution, showResolution } from './resolve/show-resolution.ts';
import { dynamoSegments } from './segment-store.aws.ts';
import { told } from './told.ts';

const env = readEnv({
  ...SEGMENTS_ENV,
  ...SIZES_ENV,
  ...ATTRIBUTES_ENV,
  members: MEMBERS_ENV.table,
  erasures: ERASURES_ENV.erasuresTable,
  idempotencyTable: SHARED_ENV.idempotencyTable,
  timeZone: SHARED_ENV.timeZone,
});
const [settings, members, lists] = [
  resolveSettings(env),
  dynamoMemberScan(env.members),
  dynamoLists(env.table),
];
const segments = dynamoSegments(env.table);
const deps = {
  ...knownHere(segments, lists, dynamoAttributes(env.attributesTable), settings),
  segments,
  resolutions: dynamoResolutions(env.table),
  queue: sqsSender<ResolutionMessage>(env.resolutionsQueueUrl),
  reports: s3PreviewReports(env.bucket),
  names: memberNames(members),
  rows: members,
  gone: dynamoGone(env),
  onLists: listsHaving(lists),
  files: s3ListFiles(),
  sizes: s3LakeSizes(env.lakeBucket),
  queries: athenaQueries({ workgroup: env.athenaWorkgroup, database: env.database }),
  time: wallTime,
  settings,
};
const once = dynamoIdempotency(env.idempotencyTable);

export const handler = httpHandler({
  'POST /segments/explain': idempotent(
    once,
    withBody(validateAskRule, async ({ body }, ctx) => ({
      status: 200,
      body: { result: await explainRule(deps, ctx, await readRule(deps, ctx, body.rule)) },
    })),
  ),
  'POST /segments/preview': idempotent(
    once,
    withBody(validateAskRule, async ({ body }, ctx) =>
      told(await previewRule(deps, ctx, await readRule(deps, ctx, body.rule))),
    ),
  ),
  'GET /segments/preview/{id}': get(async ({ path }, ctx) =>
    told(await getPreview(deps, ctx, path['id'] ?? '')),
  ),
  'POST /segments/{name}/resolutions': idempotent(
    once,
    get(async ({ path }, ctx) => ({
      status: 202,
      body: { result: await postResolution(deps, ctx, path['name'] ?? '') },
    })),
  ),
  'GET /segments/{name}/resolutions/{id}': get(async ({ path }, ctx) => ({
    status: 200,
    body: { result: await showResolution(deps, ctx, path['name'] ?? '', path['id'] ?? '') },
  })),
  'GET /segments/{name}/history': get(async ({ path, query }, ctx) => ({
    status: 200,
    body: await getHistory(deps, ctx, path['name'] ?? '', query),
  })),
  'GET /segments/{name}/members': get(async ({ path, query }, ctx) => ({
    status: 200,
    body: await listMembers(deps, ctx, path['name'] ?? '', query),
  })),
  'GET /segments/{name}/members/{userId}': get(async ({ path, query }, ctx) =>
    told(await isMember(deps, ctx, path['name'] ?? '', path['userId'] ?? '', query)),
  ),
});
