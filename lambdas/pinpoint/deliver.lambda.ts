import { randomUUID } from 'node:crypto';
import { documentClient } from '../shared/dynamodb.aws.ts';
import { readEnv } from '../shared/env.ts';
import { queueHandler } from '../shared/queue.ts';
import { sqsSender } from '../shared/queue-sender.aws.ts';
import { kinesisWriter } from '../shared/stream-writer.aws.ts';
import { sesEmail } from './channels/email.aws.ts';
import { awsPush } from './channels/push.aws.ts';
import { awsSms } from './channels/sms.aws.ts';
import { type DeliverDeps, deliverSlice } from './delivery/deliver-slice.ts';
import { runGrants } from './delivery/grants.ts';
import { planCache } from './delivery/plans.ts';
import { dynamoEndpointReader } from './endpoints/endpoint-reader.aws.ts';
import { dynamoEndpointRows } from './endpoints/endpoint-rows.aws.ts';
import { endpointWriter } from './endpoints/operations.ts';
import { CHANNELS_ENV, PINPOINT_ENV } from './env.ts';
import { streamLedger } from './ledger/ledger.ts';
import { dynamoRegistry } from './registry.aws.ts';
import type { SliceMessage } from './runs/run.ts';
import { s3RunObjects } from './runs/run-objects.aws.ts';
import { dynamoRunStore } from './runs/run-store.aws.ts';

const env = readEnv({
  registry: PINPOINT_ENV.registryTable,
  endpoints: PINPOINT_ENV.endpointsTable,
  runs: PINPOINT_ENV.runsTable,
  bucket: PINPOINT_ENV.bucket,
  slicesQueue: PINPOINT_ENV.slicesQueueUrl,
  ledger: PINPOINT_ENV.ledgerStream,
  pushApplicationId: CHANNELS_ENV.pushApplicationId,
  fromAddress: CHANNELS_ENV.emailFromAddress,
  configurationSet: CHANNELS_ENV.emailConfigurationSet,
  originationIdentity: CHANNELS_ENV.smsOriginationIdentity,
});
const client = documentClient();
const objects = s3RunObjects(env.bucket);
const runs = dynamoRunStore(env.runs, client);
const deps: DeliverDeps = {
  registry: dynamoRegistry(env.registry, client),
  runs,
  objects,
  plans: planCache(objects),
  endpoints: {
    ...dynamoEndpointReader(env.endpoints, client),
    ...endpointWriter(dynamoEndpointRows(env.endpoints, client)),
  },
  adapters: { push: awsPush(env.pushApplicationId), email: sesEmail(env), sms: awsSms(env) },
  grants: runGrants(runs),
  ledger: streamLedger(kinesisWriter(env.ledger)),
  sliceQueue: sqsSender<SliceMessage>(env.slicesQueue),
  clock: Date.now,
  newId: randomUUID,
};

export const handler = queueHandler<SliceMessage>(({ body }, ctx) => deliverSlice(deps, ctx, body));
