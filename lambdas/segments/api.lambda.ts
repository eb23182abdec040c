import { validatePutSegment } from '../../schemas/segments/generated/requests.js';
import { readEnv } from '../shared/env.ts';
import { get, httpHandler, withBody } from '../shared/http.ts';
import { SEGMENTS_ENV } from './env.ts';
import { eventNames } from './event-names.ts';
import { putSegment } from './put-segment.ts';
import { getSegment, listSegments } from './read-segments.ts';
import { dynamoResolutions } from './resolution-store.aws.ts';
import { dynamoSegments } from './segment-store.aws.ts';

const env = readEnv({ table: SEGMENTS_ENV.table });
const deps = { segments: dynamoSegments(env.table), resolutions: dynamoResolutions(env.table), eventNames };

export const handler = httpHandler({
  'PUT /segments/{name}': withBody(validatePutSegment, async ({ body, path }, ctx) => {
    const { segment, created } = await putSegment(deps, ctx, { ...body, name: path['name'] ?? '' });
    return { status: created ? 201 : 200, body: { result: segment } };
  }),
  'GET /segments/{name}': get(async ({ path }) => ({
    status: 200,
    body: { result: await getSegment(deps, path['name'] ?? '') },
  })),
  'GET /segments': get(async ({ query }) => ({ status: 200, body: await listSegments(deps, query) })),
});
