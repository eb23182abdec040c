import { readEnv } from '../shared/env.ts';
import { httpHandler, withJson } from '../shared/http.ts';
import { cryptoIds } from '../shared/ids.ts';
import { kinesisWriter } from '../shared/stream-writer.aws.ts';
import { answerOf } from './answer.ts';
import { arrivalOf } from './arrival.ts';
import { collectEvents } from './collect-events.ts';
import { EVENTS_ENV, PII_ENV, QUARANTINE_ENV } from './env.ts';
import { secretPseudonyms } from './pii-key.aws.ts';
import { s3QuarantineKeeper } from './quarantine/quarantine-keeper.aws.ts';

const env = readEnv({ ...EVENTS_ENV, ...QUARANTINE_ENV, ...PII_ENV });
const deps = {
  stream: kinesisWriter(env.stream),
  pseudonyms: secretPseudonyms(env.piiKeySecret),
  quarantine: s3QuarantineKeeper(env.lakeBucket),
  ids: cryptoIds,
};

export const handler = httpHandler({
  'POST /events': withJson(async ({ body, stageVariables, headers }, ctx) =>
    answerOf(await collectEvents(deps, ctx, { body, arrival: arrivalOf(stageVariables, headers, ctx.now) })),
  ),
});
