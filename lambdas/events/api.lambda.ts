import { readEnv } from '../shared/env.ts';
import { httpHandler, withJson } from '../shared/http.ts';
import { kinesisWriter } from '../shared/stream-writer.aws.ts';
import { answerOf } from './answer.ts';
import { arrivalOf } from './arrival.ts';
import { collectEvents } from './collect-events.ts';
import { EVENTS_ENV } from './env.ts';

const env = readEnv(EVENTS_ENV);
const deps = { stream: kinesisWriter(env.stream) };

export const handler = httpHandler({
  'POST /events': withJson(async ({ body, stageVariables, headers }, ctx) =>
    answerOf(await collectEvents(deps, ctx, { body, arrival: arrivalOf(stageVariables, headers, ctx.now) })),
  ),
});
