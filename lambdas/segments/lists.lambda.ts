import { ERASURES_ENV, MEMBERS_ENV } from '../members/index.ts';
import { readEnv, SHARED_ENV } from '../shared/env.ts';
import { get, httpHandler, idempotent, withJsonOrFile } from '../shared/http.ts';
import { dynamoIdempotency } from '../shared/idempotency.aws.ts';
import { cryptoIds } from '../shared/ids.ts';
import { sqsSender } from '../shared/queue-sender.aws.ts';
import { LISTS_ENV, SEGMENTS_ENV } from './env.ts';
import { deleteList } from './lists/delete-list.ts';
import { s3ListUploads } from './lists/files.aws.ts';
import { dynamoLists } from './lists/lists.aws.ts';
import { dynamoPeople } from './lists/people.aws.ts';
import type { MatchMessage } from './lists/ports.ts';
import { allLists, toldList, unmatchedFile } from './lists/read-lists.ts';
import { segmentsWith } from './lists/segments-with.ts';
import { addPart, closeList, createList, currentList, listStatus } from './lists/upload-list.ts';
import { dynamoSegments } from './segment-store.aws.ts';

const { table, bucket } = SEGMENTS_ENV;
const { idempotencyTable } = SHARED_ENV;
const members = { members: MEMBERS_ENV.table, memberState: MEMBERS_ENV.stateTable };
const env = readEnv({
  table,
  bucket,
  idempotencyTable,
  ...LISTS_ENV,
  ...members,
  erasures: ERASURES_ENV.erasuresTable,
});
const segments = dynamoSegments(env.table);
const deps = {
  lists: dynamoLists(env.table),
  files: s3ListUploads(env.bucket),
  people: dynamoPeople(env),
  queue: sqsSender<MatchMessage>(env.listsQueueUrl),
  ids: cryptoIds,
  clock: () => Date.now(),
  segmentsWith: (list: string) => segmentsWith(segments, list),
};
const idempotency = dynamoIdempotency(env.idempotencyTable);

export const handler = httpHandler({
  'POST /segments/lists': idempotent(
    idempotency,
    withJsonOrFile(async ({ body, query }, ctx) => {
      const list = await createList(deps, ctx, body, query);
      return { status: listStatus(list), body: { result: await toldList(deps, list) } };
    }),
  ),
  'POST /segments/lists/{id}/parts': idempotent(
    idempotency,
    withJsonOrFile(async ({ path, body, query }, ctx) => ({
      status: 200,
      body: { result: await toldList(deps, await addPart(deps, ctx, path['id'] ?? '', body, query)) },
    })),
  ),
  'POST /segments/lists/{id}/close': idempotent(
    idempotency,
    get(async ({ path }, ctx) => {
      const list = await closeList(deps, ctx, path['id'] ?? '');
      return { status: listStatus(list, 200), body: { result: await toldList(deps, list) } };
    }),
  ),
  'GET /segments/lists': get(async ({ query }) => ({ status: 200, body: await allLists(deps, query) })),
  'GET /segments/lists/{id}': get(async ({ path }, ctx) => ({
    status: 200,
    body: { result: await toldList(deps, await currentList(deps, ctx, path['id'] ?? '')) },
  })),
  'GET /segments/lists/{id}/unmatched': get(({ path, query }) =>
    unmatchedFile(deps, path['id'] ?? '', query['file']),
  ),
  'DELETE /segments/lists/{id}': get(async ({ path }) => {
    await deleteList(deps, path['id'] ?? '');
    return { status: 200, body: { result: { id: path['id'] ?? '' } } };
  }),
});
