import { validatePutSending } from '../../schemas/campaigns/generated/requests.js';
import { readEnv, SHARED_ENV } from '../shared/env.ts';
import { get, httpHandler, withBody } from '../shared/http.ts';
import { engineCall } from '../shared/pinpoint-client.aws.ts';
import { engineKillSwitch } from './kill-switch/kill-switch.aws.ts';
import { getSending, putSending } from './kill-switch/sending.ts';

const env = readEnv({ pinpointFunction: SHARED_ENV.pinpointFunction });
const kill = engineKillSwitch(engineCall(env.pinpointFunction));

export const handler = httpHandler({
  'GET /sending': get(async () => ({ status: 200, body: { result: await getSending(kill) } })),
  'PUT /sending': withBody(validatePutSending, async ({ body }, ctx) => ({
    status: 200,
    body: { result: await putSending(kill, ctx, body) },
  })),
});
