import { dynamoResolutions, dynamoSegments, SEGMENTS_ENV } from '../segments/index.ts';
import { readEnv, SHARED_ENV } from '../shared/env.ts';
import { enginePinpointClient } from '../shared/pinpoint-client.aws.ts';
import { queueHandler } from '../shared/queue.ts';
import { sqsSender } from '../shared/queue-sender.aws.ts';
import { dynamoCampaigns } from './campaign-store.aws.ts';
import { CAMPAIGNS_ENV } from './env.ts';
import type { SendMessage } from './ports.ts';
import { segmentResolver } from './segments.ts';
import { advanceSend } from './sends/advance-send.ts';
import { pinpointCampaigns } from './sends/pinpoint-campaigns.aws.ts';
import { dynamoSends } from './sends/send-store.aws.ts';

const env = readEnv({
  ...CAMPAIGNS_ENV,
  segments: SEGMENTS_ENV.table,
  resolutionsQueueUrl: SEGMENTS_ENV.resolutionsQueueUrl,
  stage: SHARED_ENV.stage,
  pinpointFunction: SHARED_ENV.pinpointFunction,
});
const deps = {
  campaigns: dynamoCampaigns(env.table),
  sends: dynamoSends(env.table),
  queue: sqsSender<SendMessage>(env.sendsQueueUrl),
  segments: segmentResolver({
    segments: dynamoSegments(env.segments),
    resolutions: dynamoResolutions(env.segments),
    queue: sqsSender(env.resolutionsQueueUrl),
  }),
  pinpoint: pinpointCampaigns(enginePinpointClient(env.pinpointFunction), env.stage, env.importRoleArn),
};

export const handler = queueHandler<SendMessage>(({ body }, ctx) => advanceSend(deps, ctx, body));
