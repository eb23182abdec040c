import { randomUUID } from 'node:crypto';
import { validatePreviewCampaign } from '../../schemas/campaigns/generated/requests.js';
import { type KakaoContent, renderedProblems } from '../channels/index.ts';
import { dynamoMemberReaches, MEMBERS_ENV } from '../members/index.ts';
import { dynamoResolutions, dynamoSegments, SEGMENTS_ENV } from '../segments/index.ts';
import type { Ctx } from '../shared/context.ts';
import { readEnv, SHARED_ENV } from '../shared/env.ts';
import { httpHandler, idempotent, withBody } from '../shared/http.ts';
import { dynamoIdempotency } from '../shared/idempotency.aws.ts';
import { enginePinpointClient } from '../shared/pinpoint-client.aws.ts';
import type { Definition } from './campaign.ts';
import { dynamoCampaigns } from './campaign-store.aws.ts';
import type { Content } from './content.ts';
import { dynamoPools } from './coupons/pool-store.aws.ts';
import { defined } from './define.ts';
import { CAMPAIGNS_ENV, COUPONS_ENV, PERSONALISATION_ENV, POLICY_ENV } from './env.ts';
import { namedIn } from './named.ts';
import { pinpointHeldEndpoints } from './personalisation/held-endpoints.aws.ts';
import { memberPolicy } from './personalisation/member-policy.ts';
import { dynamoPersonalValues } from './personalisation/personal-values.aws.ts';
import { postPreview } from './personalisation/post-preview.ts';
import { personalisationSettings } from './personalisation/settings.ts';
import { dynamoContacts } from './policy/contact-store.aws.ts';
import { policySettings } from './policy/settings.ts';
import { sentBy } from './saying/prepare.ts';
import { segmentFinder } from './segments.ts';
import { sendSettings } from './sends/send-settings.ts';
import { dynamoTemplates } from './templates/template-store.aws.ts';

const { table, sending } = CAMPAIGNS_ENV;
const { table: members, stateTable } = MEMBERS_ENV;
const names = { table, sending, segments: SEGMENTS_ENV.table, members, stateTable };
const env = readEnv({ ...SHARED_ENV, ...POLICY_ENV, ...PERSONALISATION_ENV, ...COUPONS_ENV, ...names });
const templates = dynamoTemplates(env.table);
const settings = policySettings(env.policy, env.timeZone);
const { variables, money } = personalisationSettings(env.personalisation);
const writing = { templates, variables, policy: settings };
const defining = {
  ...writing,
  ...sendSettings(env.sending),
  named: namedIn(templates, dynamoPools(env.couponsTable)),
  segments: segmentFinder({
    segments: dynamoSegments(env.segments),
    resolutions: dynamoResolutions(env.segments),
  }),
  timeZone: env.timeZone,
};
const deps = {
  endpoints: pinpointHeldEndpoints(enginePinpointClient(env.pinpointFunction), env.stage),
  personal: dynamoPersonalValues(env.stateTable, money),
  policy: memberPolicy({
    members: dynamoMemberReaches(env.members),
    contacts: dynamoContacts(env.contactsTable),
    settings,
  }),
  variables: writing.variables,
  sent: (says: Definition, content: Content) => sentBy(writing, says, content),
  kakao: (content: NonNullable<Content['kakao']>) => renderedProblems(content as unknown as KakaoContent),
  moment: (now: number) => ({ now, timeZone: env.timeZone, newId: randomUUID }),
  stored: (id: string) => dynamoCampaigns(env.table).get(id),
  defined: async (ctx: Ctx, body: unknown) => (await defined(defining, ctx, body)).definition,
};

export const handler = httpHandler({
  'POST /campaigns/preview': idempotent(
    dynamoIdempotency(env.idempotencyTable),
    withBody(validatePreviewCampaign, async ({ body }, ctx) => ({
      status: 200,
      body: { result: await postPreview(deps, ctx, body) },
    })),
  ),
});
