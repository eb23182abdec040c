import { dynamoMemberReaches, MEMBERS_ENV } from '../members/index.ts';
import { readEnv, SHARED_ENV } from '../shared/env.ts';
import { invokedHandler } from '../shared/invoked.ts';
import { enginePinpointClient } from '../shared/pinpoint-client.aws.ts';
import { dynamoCoupons } from './coupons/coupon-store.aws.ts';
import { CAMPAIGNS_ENV, COUPONS_ENV, PERSONALISATION_ENV, POLICY_ENV } from './env.ts';
import { dynamoPersonalValues } from './personalisation/personal-values.aws.ts';
import { personalisationSettings } from './personalisation/settings.ts';
import { answerHook } from './policy/answer-hook.ts';
import { dynamoContacts } from './policy/contact-store.aws.ts';
import type { HookEvent } from './policy/hook.ts';
import { taggedSends } from './policy/send-finder.aws.ts';
import { policySettings } from './policy/settings.ts';
import { textNeeds } from './policy/text-needs.ts';
import { dynamoSends } from './sends/send-store.aws.ts';
import { dynamoVersions } from './sends/version-store.aws.ts';
import { dynamoTemplates } from './templates/template-store.aws.ts';

const { timeZone, pinpointFunction } = SHARED_ENV;
const campaigns = CAMPAIGNS_ENV.table;
const { table: members, stateTable } = MEMBERS_ENV;
const env = readEnv({
  ...POLICY_ENV,
  ...COUPONS_ENV,
  ...PERSONALISATION_ENV,
  campaigns,
  members,
  stateTable,
  timeZone,
  pinpointFunction,
});
const { variables, money } = personalisationSettings(env.personalisation);
const deps = {
  sends: taggedSends({
    pinpoint: enginePinpointClient(env.pinpointFunction),
    sends: dynamoSends(env.campaigns),
    versions: dynamoVersions(env.campaigns),
  }),
  members: dynamoMemberReaches(env.members),
  contacts: dynamoContacts(env.contactsTable),
  coupons: dynamoCoupons(env.couponsTable),
  needs: textNeeds({ templates: dynamoTemplates(env.campaigns), variables }),
  personal: dynamoPersonalValues(env.stateTable, money),
  settings: policySettings(env.policy, env.timeZone),
  random: Math.random,
};

export const handler = invokedHandler<HookEvent, unknown>('engine', (event, ctx) =>
  answerHook(deps, ctx.now, event),
);
