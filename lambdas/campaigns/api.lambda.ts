import {
  type SteerCampaign,
  validateApproveCampaign,
  validateSteerCampaign,
} from '../../schemas/campaigns/generated/requests.js';
import { dynamoResolutions, dynamoSegments, SEGMENTS_ENV } from '../segments/index.ts';
import type { Ctx } from '../shared/context.ts';
import { readEnv, SHARED_ENV } from '../shared/env.ts';
import { get, httpHandler, idempotent, type Request, withJson, withOptionalJson } from '../shared/http.ts';
import { dynamoIdempotency } from '../shared/idempotency.aws.ts';
import { cryptoIds } from '../shared/ids.ts';
import { enginePinpointClient } from '../shared/pinpoint-client.aws.ts';
import { sqsSender } from '../shared/queue-sender.aws.ts';
import { check } from '../shared/validation.ts';
import { approveCampaign } from './approve-campaign.ts';
import { dynamoCampaigns } from './campaign-store.aws.ts';
import { cancelCampaign } from './cancel-campaign.ts';
import { dynamoChanges, dynamoLikenesses } from './change-store.aws.ts';
import { cloneCampaign } from './clone-campaign.ts';
import { dynamoPools } from './coupons/pool-store.aws.ts';
import { createCampaign } from './create-campaign.ts';
import { editCampaign } from './edit-campaign.ts';
import { CAMPAIGNS_ENV, COUPONS_ENV, PERSONALISATION_ENV, POLICY_ENV } from './env.ts';
import { getCalendar } from './get-calendar.ts';
import { getCampaign } from './get-campaign.ts';
import { getHistory } from './get-history.ts';
import { getUpcoming } from './get-upcoming.ts';
import { listCampaigns } from './list-campaigns.ts';
import { namedIn } from './named.ts';
import { pauseCampaign } from './pause-campaign.ts';
import { personalisationSettings } from './personalisation/settings.ts';
import { policySettings } from './policy/settings.ts';
import { resumeCampaign } from './resume-campaign.ts';
import { segmentFinder } from './segments.ts';
import { pinpointControls, pinpointProgress } from './sends/pinpoint-campaigns.aws.ts';
import { sendSettings } from './sends/send-settings.ts';
import { dynamoSends } from './sends/send-store.aws.ts';
import { dynamoVersions } from './sends/version-store.aws.ts';
import { startCampaign } from './start-campaign.ts';
import { dynamoTemplates } from './templates/template-store.aws.ts';

const env = readEnv({
  ...SHARED_ENV,
  table: CAMPAIGNS_ENV.table,
  queueUrl: CAMPAIGNS_ENV.sendsQueueUrl,
  sending: CAMPAIGNS_ENV.sending,
  policy: POLICY_ENV.policy,
  personalisation: PERSONALISATION_ENV.personalisation,
  coupons: COUPONS_ENV.couponsTable,
  segments: SEGMENTS_ENV.table,
});
const client = enginePinpointClient(env.pinpointFunction);
const deps = {
  ...sendSettings(env.sending),
  campaigns: dynamoCampaigns(env.table),
  sends: dynamoSends(env.table),
  versions: dynamoVersions(env.table),
  changes: dynamoChanges(env.table),
  likenesses: dynamoLikenesses(env.table),
  policy: policySettings(env.policy, env.timeZone),
  variables: personalisationSettings(env.personalisation).variables,
  named: namedIn(dynamoTemplates(env.table), dynamoPools(env.coupons)),
  queue: sqsSender(env.queueUrl),
  segments: segmentFinder({
    segments: dynamoSegments(env.segments),
    resolutions: dynamoResolutions(env.segments),
  }),
  pinpoint: { ...pinpointProgress(client, env.stage), ...pinpointControls(client, env.stage) },
  ids: cryptoIds,
  timeZone: env.timeZone,
};

const firstAnswers = dynamoIdempotency(env.idempotencyTable);
type About<Body> = Pick<Request<Body>, 'body' | 'path' | 'query'>;
const idOf = ({ path }: Pick<Request<unknown>, 'path'>): string => path['id'] ?? '';
/** Answers under `result`. */
const told =
  <Body>(run: (request: About<Body>, ctx: Ctx) => Promise<unknown>, status = 200) =>
  async (request: About<Body>, ctx: Ctx) => ({ status, body: { result: await run(request, ctx) } });
/** A POST about one campaign, whose body may be left out and whose first answer is remembered. */
const verb = (run: (ctx: Ctx, id: string, body: unknown) => Promise<unknown>, status = 200) =>
  idempotent(
    firstAnswers,
    withOptionalJson(told((request, ctx) => run(ctx, idOf(request), request.body), status)),
  );

/** What people say beside a verb. */
const steering = (run: (ctx: Ctx, id: string, body: SteerCampaign) => Promise<unknown>) =>
  verb((ctx, id, body) => run(ctx, id, check(validateSteerCampaign, body)));

export const handler = httpHandler({
  'POST /campaigns': idempotent(
    firstAnswers,
    withJson(told(({ body }, ctx) => createCampaign(deps, ctx, body), 201)),
  ),
  'GET /campaigns': get(async ({ query }) => ({ status: 200, body: await listCampaigns(deps, query) })),
  'GET /campaigns/{id}': get(told((request, ctx) => getCampaign(deps, ctx.now, idOf(request)))),
  'PATCH /campaigns/{id}': withJson(
    told((request, ctx) => editCampaign(deps, ctx, idOf(request), request.body)),
  ),
  'POST /campaigns/{id}/clone': verb((ctx, id, body) => cloneCampaign(deps, ctx, id, body), 201),
  'POST /campaigns/{id}/start': steering((ctx, id, body) => startCampaign(deps, ctx, id, body)),
  'POST /campaigns/{id}/pause': steering((ctx, id, body) => pauseCampaign(deps, ctx, id, body)),
  'POST /campaigns/{id}/resume': steering((ctx, id, body) => resumeCampaign(deps, ctx, id, body)),
  'POST /campaigns/{id}/cancel': steering((ctx, id, body) => cancelCampaign(deps, ctx, id, body)),
  'POST /campaigns/{id}/approve': verb((ctx, id, body) =>
    approveCampaign(deps, ctx, id, check(validateApproveCampaign, body)),
  ),
  'GET /campaigns/{id}/history': get(async (request) => ({
    status: 200,
    body: await getHistory(deps, idOf(request), request.query),
  })),
  'GET /campaigns/{id}/upcoming': get(
    told((request, ctx) => getUpcoming(deps, ctx, idOf(request), request.query)),
  ),
  'GET /calendar': get(async ({ query }, ctx) => ({
    status: 200,
    body: await getCalendar(deps, ctx, query),
  })),
});
