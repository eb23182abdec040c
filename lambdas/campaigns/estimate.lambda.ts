import { type KakaoContent, renderedProblems } from '../channels/index.ts';
import { dynamoMemberProfiles, MEMBERS_ENV } from '../members/index.ts';
import { dynamoResolutions, dynamoSegments, SEGMENTS_ENV, s3ListFiles } from '../segments/index.ts';
import { readEnv, SHARED_ENV } from '../shared/env.ts';
import { httpHandler, idempotent, withJson } from '../shared/http.ts';
import { dynamoIdempotency } from '../shared/idempotency.aws.ts';
import { athenaQueries } from '../shared/queries.aws.ts';
import { sqsSender } from '../shared/queue-sender.aws.ts';
import { wallTime } from '../shared/wall-time.aws.ts';
import type { Content } from './content.ts';
import { dynamoPools } from './coupons/pool-store.aws.ts';
import { CAMPAIGNS_ENV, COSTS_ENV, COUPONS_ENV, PERSONALISATION_ENV, POLICY_ENV } from './env.ts';
import { costsOf } from './estimate/costs.ts';
import { athenaMonthUse } from './estimate/month-use.aws.ts';
import { postEstimate } from './estimate/post-estimate.ts';
import { resolvedLists } from './estimate/resolved-lists.ts';
import { namedIn } from './named.ts';
import { dynamoPersonalValues } from './personalisation/personal-values.aws.ts';
import { personalisationSettings } from './personalisation/settings.ts';
import { dynamoContacts } from './policy/contact-store.aws.ts';
import { policySettings } from './policy/settings.ts';
import { segmentFinder } from './segments.ts';
import { sendSettings } from './sends/send-settings.ts';
import { dynamoTemplates } from './templates/template-store.aws.ts';

const env = readEnv({
  timeZone: SHARED_ENV.timeZone,
  idempotencyTable: SHARED_ENV.idempotencyTable,
  table: CAMPAIGNS_ENV.table,
  sending: CAMPAIGNS_ENV.sending,
  costs: COSTS_ENV.costs,
  policy: POLICY_ENV.policy,
  personalisation: PERSONALISATION_ENV.personalisation,
  contacts: POLICY_ENV.contactsTable,
  coupons: COUPONS_ENV.couponsTable,
  members: MEMBERS_ENV.table,
  states: MEMBERS_ENV.stateTable,
  segments: SEGMENTS_ENV.table,
  resolutionsQueueUrl: SEGMENTS_ENV.resolutionsQueueUrl,
  workgroup: SEGMENTS_ENV.athenaWorkgroup,
  database: SEGMENTS_ENV.database,
});
const segments = {
  segments: dynamoSegments(env.segments),
  resolutions: dynamoResolutions(env.segments),
  queue: sqsSender<{ segment: string; id: string }>(env.resolutionsQueueUrl),
};
const [templates, pools] = [dynamoTemplates(env.table), dynamoPools(env.coupons)];
const { variables, money } = personalisationSettings(env.personalisation);
const deps = {
  settings: sendSettings(env.sending).settings,
  timeZone: env.timeZone,
  policy: policySettings(env.policy, env.timeZone),
  variables,
  templates,
  named: namedIn(templates, pools),
  segments: segmentFinder(segments),
  resolved: resolvedLists({ ...segments, time: wallTime }),
  lists: s3ListFiles(),
  profiles: dynamoMemberProfiles(env.members),
  personal: dynamoPersonalValues(env.states, money),
  rendered: (content: NonNullable<Content['kakao']>) => renderedProblems(content as unknown as KakaoContent),
  contacts: dynamoContacts(env.contacts),
  coupons: pools,
  monthUse: athenaMonthUse({ queries: athenaQueries(env), time: wallTime }),
  costs: costsOf(env.costs),
};

export const handler = httpHandler({
  'POST /campaigns/estimate': idempotent(
    dynamoIdempotency(env.idempotencyTable),
    withJson(async ({ body }, ctx) => ({
      status: 200,
      body: { result: await postEstimate(deps, ctx, body) },
    })),
  ),
});
