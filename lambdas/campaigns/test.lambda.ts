import { validateTestCampaign } from '../../schemas/campaigns/generated/requests.js';
import { dynamoKakaoTemplates, KAKAO_ENV } from '../channels/index.ts';
import { SEGMENTS_ENV } from '../segments/index.ts';
import { readEnv, SHARED_ENV } from '../shared/env.ts';
import { httpHandler, idempotent, withBody } from '../shared/http.ts';
import { dynamoIdempotency } from '../shared/idempotency.aws.ts';
import { cryptoIds } from '../shared/ids.ts';
import { enginePinpointClient } from '../shared/pinpoint-client.aws.ts';
import { wallTime } from '../shared/wall-time.aws.ts';
import { dynamoCampaigns } from './campaign-store.aws.ts';
import { CAMPAIGNS_ENV, PERSONALISATION_ENV, POLICY_ENV } from './env.ts';
import { pinpointHeldEndpoints } from './personalisation/held-endpoints.aws.ts';
import { postTest } from './personalisation/post-test.ts';
import { personalisationSettings } from './personalisation/settings.ts';
import { s3TesterLists } from './personalisation/tester-lists.aws.ts';
import { policySettings } from './policy/settings.ts';
import { pinpointCampaigns } from './sends/pinpoint-campaigns.aws.ts';
import { kakaoOf, saying } from './sends/said.ts';
import { sendSettings } from './sends/send-settings.ts';
import { dynamoVersions } from './sends/version-store.aws.ts';
import { dynamoTemplates } from './templates/template-store.aws.ts';

const { table, importRoleArn, sending } = CAMPAIGNS_ENV;
const { policy } = POLICY_ENV;
const names = { table, importRoleArn, sending, policy, bucket: SEGMENTS_ENV.bucket, kakao: KAKAO_ENV.table };
const env = readEnv({ ...SHARED_ENV, ...PERSONALISATION_ENV, ...names });
const client = enginePinpointClient(env.pinpointFunction);
const { settings } = sendSettings(env.sending);
const deps = {
  settings,
  campaigns: dynamoCampaigns(env.table),
  versions: dynamoVersions(env.table),
  endpoints: pinpointHeldEndpoints(client, env.stage),
  lists: s3TesterLists(env.bucket),
  saying: saying({
    templates: dynamoTemplates(env.table),
    variables: personalisationSettings(env.personalisation).variables,
    policy: policySettings(env.policy, env.timeZone),
    ...kakaoOf(settings.kakaoFunction, dynamoKakaoTemplates(env.kakao)),
  }),
  pinpoint: pinpointCampaigns(client, env.stage, env.importRoleArn),
  ids: cryptoIds,
  time: wallTime,
};

export const handler = httpHandler({
  'POST /campaigns/{id}/test': idempotent(
    dynamoIdempotency(env.idempotencyTable),
    withBody(validateTestCampaign, async ({ body, path }, ctx) => ({
      status: 201,
      body: { result: await postTest(deps, ctx, path['id'] ?? '', body) },
    })),
  ),
});
