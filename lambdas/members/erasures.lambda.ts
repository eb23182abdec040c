import { readEnv } from '../shared/env.ts';
import { get, httpHandler } from '../shared/http.ts';
import { cryptoIds } from '../shared/ids.ts';
import { sqsSender } from '../shared/queue-sender.aws.ts';
import { ERASE_ENV, ERASURES_ENV, KEEPING_ENV, MEMBERS_ENV } from './env.ts';
import { dynamoErasures } from './erasure/erasure-store.aws.ts';
import type { Keeping } from './erasure/erasure-view.ts';
import { getErasure } from './erasure/get-erasure.ts';
import { dynamoPersonRows } from './erasure/person-rows.aws.ts';
import type { EraseMessage } from './erasure/ports.ts';
import { requestErasure } from './erasure/request-erasure.ts';

const env = readEnv({ ...MEMBERS_ENV, ...ERASURES_ENV, ...ERASE_ENV, ...KEEPING_ENV });
const deps = {
  erasures: dynamoErasures(env.erasuresTable),
  rows: dynamoPersonRows(env),
  queue: sqsSender<EraseMessage>(env.erasuresQueueUrl),
  ids: cryptoIds,
  keeping: JSON.parse(env.keeping) as Keeping,
};

export const handler = httpHandler({
  'DELETE /members/{userId}': get(async ({ path }, ctx) => ({
    status: 202,
    body: { result: await requestErasure(deps, ctx, path['userId'] ?? '') },
  })),
  'GET /erasures/{id}': get(async ({ path }) => ({
    status: 200,
    body: { result: await getErasure(deps, path['id'] ?? '') },
  })),
});
