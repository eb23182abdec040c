import { validateActivateTemplate, validatePutTemplate } from '../../schemas/campaigns/generated/requests.js';
import { dynamoKakaoTemplates, KAKAO_ENV, kakaoProblems } from '../channels/index.ts';
import { readEnv, SHARED_ENV } from '../shared/env.ts';
import { get, httpHandler, idempotent, withBody } from '../shared/http.ts';
import { dynamoIdempotency } from '../shared/idempotency.aws.ts';
import { enginePinpointClient } from '../shared/pinpoint-client.aws.ts';
import { CAMPAIGNS_ENV, PERSONALISATION_ENV } from './env.ts';
import { personalisationSettings } from './personalisation/settings.ts';
import { kakaoPublisher, publisherOf } from './templates/kakao-publisher.ts';
import { pinpointPublisher } from './templates/pinpoint-publisher.aws.ts';
import { activateTemplate, deleteTemplate, putTemplate } from './templates/put-template.ts';
import { getTemplate, listTemplates, listVersions } from './templates/read-templates.ts';
import { dynamoTemplates } from './templates/template-store.aws.ts';

const { pinpointFunction, idempotencyTable } = SHARED_ENV;
const env = readEnv({
  pinpointFunction,
  idempotencyTable,
  ...PERSONALISATION_ENV,
  table: CAMPAIGNS_ENV.table,
  kakao: KAKAO_ENV.table,
});
const deps = {
  templates: dynamoTemplates(env.table),
  publisher: publisherOf(
    kakaoPublisher(dynamoKakaoTemplates(env.kakao)),
    pinpointPublisher(enginePinpointClient(env.pinpointFunction)),
  ),
  checks: { kakao: kakaoProblems, variables: personalisationSettings(env.personalisation).variables },
};
const place = (path: Readonly<Record<string, string>>) => ({
  channel: path['channel'] ?? '',
  name: path['name'] ?? '',
});

export const handler = httpHandler({
  'PUT /templates/{channel}/{name}': withBody(validatePutTemplate, async ({ body, path }, ctx) => {
    const { template, created } = await putTemplate(deps, ctx, place(path), body);
    return { status: created ? 201 : 200, body: { result: template } };
  }),
  'GET /templates/{channel}/{name}': get(async ({ path, query }) => ({
    status: 200,
    body: { result: await getTemplate(deps.templates, place(path), query) },
  })),
  'DELETE /templates/{channel}/{name}': get(async ({ path }) => {
    await deleteTemplate(deps, place(path));
    return { status: 200, body: { result: place(path) } };
  }),
  'GET /templates/{channel}/{name}/versions': get(async ({ path }) => ({
    status: 200,
    body: { result: await listVersions(deps.templates, place(path)) },
  })),
  'POST /templates/{channel}/{name}/activate': idempotent(
    dynamoIdempotency(env.idempotencyTable),
    withBody(validateActivateTemplate, async ({ body, path }, ctx) => ({
      status: 200,
      body: { result: await activateTemplate(deps, ctx, place(path), body.version) },
    })),
  ),
  'GET /templates/{channel}': get(async ({ path, query }) => ({
    status: 200,
    body: await listTemplates(deps.templates, path['channel'] ?? '', query),
  })),
});
