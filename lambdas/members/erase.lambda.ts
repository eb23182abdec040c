import {
  COUPONS_ENV,
  dynamoContacts,
  dynamoCouponEraser,
  forgetMember,
  POLICY_ENV,
} from '../campaigns/index.ts';
import { dynamoLists, forgetListed, SEGMENTS_ENV } from '../segments/index.ts';
import { readEnv, SHARED_ENV } from '../shared/env.ts';
import { enginePinpointClient } from '../shared/pinpoint-client.aws.ts';
import { queueHandler } from '../shared/queue.ts';
import { sqsSender } from '../shared/queue-sender.aws.ts';
import { ERASE_ENV, ERASURES_ENV, MEMBERS_ENV } from './env.ts';
import { pinpointEndpointEraser } from './erasure/endpoint-eraser.aws.ts';
import { eraseFromTables } from './erasure/erase-from-tables.ts';
import { dynamoErasures } from './erasure/erasure-store.aws.ts';
import { dynamoPersonRows } from './erasure/person-rows.aws.ts';
import type { EraseMessage } from './erasure/ports.ts';

const { stage, pinpointFunction } = SHARED_ENV;
const { contactsTable } = POLICY_ENV;
const { couponsTable } = COUPONS_ENV;
const env = readEnv({
  ...{ ...MEMBERS_ENV, ...ERASURES_ENV, ...ERASE_ENV },
  ...{ stage, pinpointFunction, contactsTable, couponsTable, segmentsTable: SEGMENTS_ENV.table },
});
const memory = {
  contacts: dynamoContacts(env.contactsTable),
  coupons: dynamoCouponEraser(env.couponsTable),
};
const lists = dynamoLists(env.segmentsTable);
const deps = {
  erasures: dynamoErasures(env.erasuresTable),
  rows: dynamoPersonRows(env),
  endpoints: pinpointEndpointEraser(enginePinpointClient(env.pinpointFunction), env.stage),
  forgetMember: (userId: string) => Promise.all([forgetMember(memory, userId), forgetListed(lists, userId)]),
  queue: sqsSender<EraseMessage>(env.erasuresQueueUrl),
};

export const handler = queueHandler<EraseMessage>(({ body }, ctx) => eraseFromTables(deps, ctx, body));
