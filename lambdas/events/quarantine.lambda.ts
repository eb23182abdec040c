import { validateReplayRequest } from '../../schemas/events/generated/requests.js';
import { dynamoErasedPeople, ERASURES_ENV } from '../members/index.ts';
import { readEnv, SHARED_ENV } from '../shared/env.ts';
import { get, httpHandler, idempotent, withBody } from '../shared/http.ts';
import { dynamoIdempotency } from '../shared/idempotency.aws.ts';
import { cryptoIds } from '../shared/ids.ts';
import { kinesisWriter } from '../shared/stream-writer.aws.ts';
import { EVENTS_ENV, PII_ENV, QUARANTINE_ENV, REPLAY_ENV } from './env.ts';
import { secretPseudonyms } from './pii-key.aws.ts';
import { s3ErrorFiles } from './quarantine/error-files.aws.ts';
import { listQuarantine } from './quarantine/list-quarantine.ts';
import { s3QuarantineKeeper } from './quarantine/quarantine-keeper.aws.ts';
import { s3Quarantine } from './quarantine/quarantine-store.aws.ts';
import { replay } from './quarantine/replay.ts';

const { idempotencyTable } = SHARED_ENV;
const env = readEnv({
  ...{ ...EVENTS_ENV, ...QUARANTINE_ENV, ...REPLAY_ENV },
  ...{ ...PII_ENV, ...ERASURES_ENV, idempotencyTable },
});
const deps = {
  store: s3Quarantine(env.lakeBucket),
  quarantine: s3QuarantineKeeper(env.lakeBucket),
  errors: s3ErrorFiles(env.lakeBucket),
  stream: kinesisWriter(env.stream),
  pseudonyms: secretPseudonyms(env.piiKeySecret),
  erasures: dynamoErasedPeople(env.erasuresTable),
  quarantineDays: Number(env.quarantineDays),
  ids: cryptoIds,
};
const idempotency = dynamoIdempotency(env.idempotencyTable);
const ok = (body: unknown) => ({ status: 200, body });

export const handler = httpHandler({
  'GET /events/quarantine': get(async ({ query }, ctx) => ok(await listQuarantine(deps, ctx, query))),
  'POST /events/quarantine/replay': idempotent(
    idempotency,
    withBody(validateReplayRequest, async ({ body }, ctx) => ok(await replay(deps, ctx, body))),
  ),
});
