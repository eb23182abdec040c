import { randomUUID } from 'node:crypto';
import { dynamoKakaoTemplates, KAKAO_ENV, type KakaoContent, renderedProblems } from '../channels/index.ts';
import { dynamoMemberProfiles, MEMBERS_ENV } from '../members/index.ts';
import { dynamoResolutions, dynamoSegments, readList, SEGMENTS_ENV, s3ListFiles } from '../segments/index.ts';
import { readEnv, SHARED_ENV } from '../shared/env.ts';
import { enginePinpointClient } from '../shared/pinpoint-client.aws.ts';
import { athenaQueries } from '../shared/queries.aws.ts';
import { queueHandler } from '../shared/queue.ts';
import { sqsSender } from '../shared/queue-sender.aws.ts';
import { wallTime } from '../shared/wall-time.aws.ts';
import type { Definition } from './campaign.ts';
import { dynamoCampaigns } from './campaign-store.aws.ts';
import type { Content } from './content.ts';
import { dynamoCoupons } from './coupons/coupon-store.aws.ts';
import { longestCode } from './coupons/longest-code.ts';
import { CAMPAIGNS_ENV, COUPONS_ENV, PERSONALISATION_ENV, POLICY_ENV } from './env.ts';
import { audienceCheck } from './personalisation/check-audience.ts';
import { dynamoPersonalValues } from './personalisation/personal-values.aws.ts';
import { reachedBy } from './personalisation/reached-by.ts';
import { personalisationSettings } from './personalisation/settings.ts';
import { profileAttributes } from './personalisation/survey.ts';
import { policySettings } from './policy/settings.ts';
import { sentBy } from './saying/prepare.ts';
import { segmentResolver } from './segments.ts';
import { advanceSend } from './sends/advance-send.ts';
import { pinpointCampaigns } from './sends/pinpoint-campaigns.aws.ts';
import type { SendMessage } from './sends/ports.ts';
import { kakaoOf, saying } from './sends/said.ts';
import { sendSettings } from './sends/send-settings.ts';
import { dynamoSends } from './sends/send-store.aws.ts';
import { dynamoVersions } from './sends/version-store.aws.ts';
import { dynamoTemplates } from './templates/template-store.aws.ts';
import { athenaVariantResults } from './variants/variant-results.aws.ts';

const env = readEnv({
  ...CAMPAIGNS_ENV,
  ...COUPONS_ENV,
  ...PERSONALISATION_ENV,
  members: MEMBERS_ENV.table,
  states: MEMBERS_ENV.stateTable,
  segments: SEGMENTS_ENV.table,
  resolutionsQueueUrl: SEGMENTS_ENV.resolutionsQueueUrl,
  workgroup: SEGMENTS_ENV.athenaWorkgroup,
  database: SEGMENTS_ENV.database,
  stage: SHARED_ENV.stage,
  timeZone: SHARED_ENV.timeZone,
  policy: POLICY_ENV.policy,
  kakaoTemplates: KAKAO_ENV.table,
  pinpointFunction: SHARED_ENV.pinpointFunction,
});
const { missedAfterMs, settings } = sendSettings(env.sending);
const { variables, money } = personalisationSettings(env.personalisation);
const writing = {
  templates: dynamoTemplates(env.table),
  variables,
  policy: policySettings(env.policy, env.timeZone),
};
const [lists, profiles] = [s3ListFiles(), dynamoMemberProfiles(env.members)];
const deps = {
  missedAfterMs,
  settings,
  campaigns: dynamoCampaigns(env.table),
  sends: dynamoSends(env.table),
  versions: dynamoVersions(env.table),
  queue: sqsSender<SendMessage>(env.sendsQueueUrl),
  segments: segmentResolver({
    segments: dynamoSegments(env.segments),
    resolutions: dynamoResolutions(env.segments),
    queue: sqsSender(env.resolutionsQueueUrl),
  }),
  pinpoint: pinpointCampaigns(enginePinpointClient(env.pinpointFunction), env.stage, env.importRoleArn),
  saying: saying({
    ...writing,
    ...kakaoOf(settings.kakaoFunction, dynamoKakaoTemplates(env.kakaoTemplates)),
  }),
  audience: audienceCheck({
    attributes: (says: Definition) => profileAttributes(profiles, reachedBy(says)),
    personal: dynamoPersonalValues(env.states, money),
    sent: (says: Definition, content: Content) => sentBy(writing, says, content),
    list: (url: string) => readList(lists, url, url),
    given: longestCode(dynamoCoupons(env.couponsTable)),
    kakao: (content: NonNullable<Content['kakao']>) => renderedProblems(content as unknown as KakaoContent),
    moment: (now: number) => ({ now, timeZone: env.timeZone, newId: randomUUID }),
  }),
  results: athenaVariantResults({
    queries: athenaQueries({ workgroup: env.workgroup, database: env.database }),
    time: wallTime,
  }),
};

export const handler = queueHandler<SendMessage>(({ body }, ctx) => advanceSend(deps, ctx, body));
