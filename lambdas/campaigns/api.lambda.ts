import { validateCreateCampaign } from '../../schemas/campaigns/generated/requests.js';
import { dynamoResolutions, dynamoSegments, SEGMENTS_ENV } from '../segments/index.ts';
import { readEnv, SHARED_ENV } from '../shared/env.ts';
import { get, httpHandler, idempotent, withBody } from '../shared/http.ts';
import { dynamoIdempotency } from '../shared/idempotency.aws.ts';
import { cryptoIds } from '../shared/ids.ts';
import { enginePinpointClient } from '../shared/pinpoint-client.aws.ts';
import { sqsSender } from '../shared/queue-sender.aws.ts';
import { dynamoCampaigns } from './campaign-store.aws.ts';
import { createCampaign } from './create-campaign.ts';
import { CAMPAIGNS_ENV } from './env.ts';
import { getCampaign } from './get-campaign.ts';
import { listCampaigns } from './list-campaigns.ts';
import { segmentFinder } from './segments.ts';
import { pinpointProgress } from './sends/pinpoint-campaigns.aws.ts';
import { sendSettings } from './sends/send-settings.ts';
import { dynamoSends } from './sends/send-store.aws.ts';
import { dynamoVersions } from './sends/version-store.aws.ts';

const env = readEnv({
  ...SHARED_ENV,
  table: CAMPAIGNS_ENV.table,
  queueUrl: CAMPAIGNS_ENV.sendsQueueUrl,
  sending: CAMPAIGNS_ENV.sending,
  segments: SEGMENTS_ENV.table,
});
const deps = {
  ...sendSettings(env.sending),
  campaigns: dynamoCampaigns(env.table),
  sends: dynamoSends(env.table),
  versions: dynamoVersions(env.table),
  queue: sqsSender(env.queueUrl),
  segments: segmentFinder({
    segments: dynamoSegments(env.segments),
    resolutions: dynamoResolutions(env.segments),
  }),
  pinpoint: pinpointProgress(enginePinpointClient(env.pinpointFunction), env.stage),
  ids: cryptoIds,
  timeZone: env.timeZone,
};

export const handler = httpHandler({
  'POST /campaigns': idempotent(
    dynamoIdempotency(env.idempotencyTable),
    withBody(validateCreateCampaign, async ({ body }, ctx) => ({
      status: 201,
      body: { result: await createCampaign(deps, ctx, body) },
    })),
  ),
  'GET /campaigns': get(async ({ query }) => ({ status: 200, body: await listCampaigns(deps, query) })),
  'GET /campaigns/{id}': get(async ({ path }, ctx) => ({
    status: 200,
    body: { result: await getCampaign(deps, ctx.now, path['id'] ?? '') },
  })),
});
