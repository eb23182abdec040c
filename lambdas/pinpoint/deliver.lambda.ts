import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { documentClient } from '../shared/dynamodb.aws.ts';
import { readEnv, SHARED_ENV } from '../shared/env.ts';
import { queueHandler } from '../shared/queue.ts';
import { sqsSender } from '../shared/queue-sender.aws.ts';
import { kinesisWriter } from '../shared/stream-writer.aws.ts';
import { dynamoCaps } from './caps/caps.aws.ts';
import { lambdaDelivery } from './channels/custom.aws.ts';
import { webhookDelivery } from './channels/custom.http.ts';
import { customDelivery } from './channels/custom.ts';
import { sesEmail } from './channels/email.aws.ts';
import { awsPush } from './channels/push.aws.ts';
import { awsQuota } from './channels/quota.aws.ts';
import { awsSms } from './channels/sms.aws.ts';
import { accountPace } from './delivery/account-pace.ts';
import { dynamoAccountRows } from './delivery/account-rows.aws.ts';
import { hookOf } from './delivery/ask-hook.ts';
import { registryKillSwitch } from './delivery/kill-switch.ts';
import { planCache } from './delivery/plans.ts';
import { recipientsOf } from './delivery/recipients.ts';
import { type LaneDeps, runLane } from './delivery/run-lane.ts';
import { dynamoEndpointReader } from './endpoints/endpoint-reader.aws.ts';
import { dynamoEndpointRows } from './endpoints/endpoint-rows.aws.ts';
import { endpointWriter } from './endpoints/operations.ts';
import { CHANNELS_ENV, PINPOINT_ENV } from './env.ts';
import { lambdaHook } from './hooks/hook.aws.ts';
import { streamLedger } from './ledger/ledger.ts';
import { dynamoRegistry } from './registry.aws.ts';
import type { LaneMessage } from './runs/run.ts';
import { s3RunObjects } from './runs/run-objects.aws.ts';
import { dynamoRunStore } from './runs/run-store.aws.ts';
import { showPause } from './runs/show-pause.ts';

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
  recipients: CHANNELS_ENV.recipients,
  timeZone: SHARED_ENV.timeZone,
});
const client = documentClient();
const objects = s3RunObjects(env.bucket);
const runs = dynamoRunStore(env.runs, client);
const registry = dynamoRegistry(env.registry, client);
const clock = Date.now;
const deps: LaneDeps = {
  registry,
  runs,
  objects,
  plans: planCache(objects),
  endpoints: {
    ...dynamoEndpointReader(env.endpoints, client),
    ...endpointWriter(dynamoEndpointRows(env.endpoints, client)),
  },
  adapters: {
    push: awsPush(env.pushApplicationId),
    email: sesEmail(env),
    sms: awsSms(env),
    custom: customDelivery({ lambda: lambdaDelivery(), webhook: webhookDelivery() }),
  },
  caps: dynamoCaps(env.runs, client),
  askHook: hookOf({ hook: lambdaHook(), sleep }),
  recipients: recipientsOf(env.recipients.split(',')),
  account: accountPace(awsQuota(clock), dynamoAccountRows(env.runs, client), clock),
  killSwitch: registryKillSwitch(registry, clock),
  paused: (run) => showPause({ registry, runs }, run, clock()),
  ledger: streamLedger(kinesisWriter(env.ledger)),
  sliceQueue: sqsSender<LaneMessage>(env.slicesQueue),
  clock,
  moment: () => ({ now: clock(), timeZone: env.timeZone, newId: randomUUID }),
  sleep,
  random: Math.random,
  newId: randomUUID,
};

export const handler = queueHandler<LaneMessage>(({ body }, ctx) => runLane(deps, ctx, body));
