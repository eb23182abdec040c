import { setTimeout as sleep } from 'node:timers/promises';
import { dynamoKakaoTemplates, KAKAO_ENV } from '../channels/index.ts';
import { dynamoResolutions, dynamoSegments, SEGMENTS_ENV } from '../segments/index.ts';
import { readEnv, SHARED_ENV } from '../shared/env.ts';
import { enginePinpointClient } from '../shared/pinpoint-client.aws.ts';
import { athenaQueries } from '../shared/queries.aws.ts';
import { queueHandler } from '../shared/queue.ts';
import { sqsSender } from '../shared/queue-sender.aws.ts';
import { dynamoCampaigns } from './campaign-store.aws.ts';
import { CAMPAIGNS_ENV, POLICY_ENV } from './env.ts';
import { variables } from './personalisation/variables.ts';
import { policySettings } from './policy/settings.ts';
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
    templates: dynamoTemplates(env.table),
    variables: variables(),
    policy: policySettings(env.policy, env.timeZone),
    ...kakaoOf(settings.kakaoFunction, dynamoKakaoTemplates(env.kakaoTemplates)),
  }),
  results: athenaVariantResults({
    queries: athenaQueries({ workgroup: env.workgroup, database: env.database }),
    time: { now: () => Date.now(), sleep: (ms: number) => sleep(ms) },
  }),
};

export const handler = queueHandler<SendMessage>(({ body }, ctx) => advanceSend(deps, ctx, body));
