import { createHash } from 'node:crypto';
import { readEnv, SHARED_ENV } from '../shared/env.ts';
import { get, httpHandler, idempotent, withJson } from '../shared/http.ts';
import { dynamoIdempotency } from '../shared/idempotency.aws.ts';
import { enginePinpointClient } from '../shared/pinpoint-client.aws.ts';
import { dynamoAttributes } from './attributes/attribute-registry.aws.ts';
import { attributeWatch } from './attributes/attribute-watch.ts';
import { pinpointEndpoints } from './endpoint-registry.aws.ts';
import { ATTRIBUTES_ENV, MEMBERS_ENV } from './env.ts';
import { getMember } from './get-member.ts';
import { dynamoMembers } from './member-store.aws.ts';
import { postMembers } from './post-members.ts';
import { putMember } from './put-member.ts';
import { dynamoStates } from './state/state-store.aws.ts';

const { stage, pinpointFunction, idempotencyTable } = SHARED_ENV;
const env = readEnv({ ...MEMBERS_ENV, ...ATTRIBUTES_ENV, stage, pinpointFunction, idempotencyTable });
const idempotency = dynamoIdempotency(env.idempotencyTable);
const deps = {
  members: dynamoMembers(env.table),
  states: dynamoStates(env.stateTable),
  endpoints: pinpointEndpoints(enginePinpointClient(env.pinpointFunction), env.stage),
  attributes: attributeWatch(dynamoAttributes(env.attributesTable)),
  fingerprint: (token: string) => createHash('sha256').update(token).digest('hex').slice(0, 8),
};

export const handler = httpHandler({
  'PUT /members/{userId}': withJson(async ({ path, body }, ctx) => ({
    status: 200,
    body: { result: await putMember(deps, ctx, path['userId'] ?? '', body) },
  })),
  'GET /members/{userId}': get(async ({ path }) => ({
    status: 200,
    body: { result: await getMember(deps, path['userId'] ?? '') },
  })),
  'POST /members': idempotent(
    idempotency,
    withJson(({ body }, ctx) => postMembers(deps, ctx, body)),
  ),
});
