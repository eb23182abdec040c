import { setTimeout as sleep } from 'node:timers/promises';
import { validatePutSegment } from '../../schemas/segments/generated/requests.js';
import { ATTRIBUTES_ENV, dynamoAttributes } from '../members/index.ts';
import { readEnv, SHARED_ENV } from '../shared/env.ts';
import { get, httpHandler, withBody } from '../shared/http.ts';
import { SEGMENTS_ENV } from './env.ts';
import { knownHere } from './known-here.ts';
import { dynamoLists } from './lists/lists.aws.ts';
import { dynamoNamings } from './namings.aws.ts';
import { listPresets } from './presets/list-presets.ts';
import { putSegment } from './put-segment.ts';
import { getSegment, listSegments, toldSegment } from './read-segments.ts';
import { readVocabulary } from './read-vocabulary.ts';
import { dynamoResolutions } from './resolution-store.aws.ts';
import { dynamoSegments } from './segment-store.aws.ts';

const { table, eventsDays } = SEGMENTS_ENV;
const env = readEnv({ ...ATTRIBUTES_ENV, table, eventsDays, timeZone: SHARED_ENV.timeZone });
const [segments, attributes] = [dynamoSegments(env.table), dynamoAttributes(env.attributesTable)];
const settings = { retentionDays: Number(env.eventsDays), timeZone: env.timeZone };
const deps = {
  ...knownHere(segments, dynamoLists(env.table), attributes, settings),
  segments,
  namings: dynamoNamings(env.table),
  time: { now: () => Date.now(), sleep: (ms: number) => sleep(ms) },
  resolutions: dynamoResolutions(env.table),
};

export const handler = httpHandler({
  'PUT /segments/{name}': withBody(validatePutSegment, async ({ body, path }, ctx) => {
    const { segment, created } = await putSegment(deps, ctx, { ...body, name: path['name'] ?? '' });
    return { status: created ? 201 : 200, body: { result: toldSegment(segment) } };
  }),
  'GET /segments/{name}': get(async ({ path }, ctx) => ({
    status: 200,
    body: { result: await getSegment(deps, ctx, path['name'] ?? '') },
  })),
  'GET /segments': get(async ({ query }) => ({ status: 200, body: await listSegments(deps, query) })),
  'GET /segments/presets': get(async () => ({ status: 200, body: { result: listPresets() } })),
  'GET /attributes': get(async () => ({
    status: 200,
    body: { result: await readVocabulary({ attributes }) },
  })),
});
