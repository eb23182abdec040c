import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { documentClient } from '../shared/dynamodb.aws.ts';
import { readEnv } from '../shared/env.ts';
import { sqsSender } from '../shared/queue-sender.aws.ts';
import { asSigned } from './auth/handed-over.ts';
import { secretKeyPairs } from './auth/key-pairs.aws.ts';
import { verifySignature } from './auth/verify.ts';
import { dynamoEndpointRows } from './endpoints/endpoint-rows.aws.ts';
import { PINPOINT_ENV } from './env.ts';
import type { JobMessage } from './jobs/message.ts';
import { engineOperations } from './operations.ts';
import { engineHandler } from './protocol/handler.ts';
import { OWN_OPERATION_SCHEMAS } from './protocol/own-operations.ts';
import { OPERATION_SCHEMAS } from './protocol/schemas.aws.ts';
import { dynamoRegistry } from './registry.aws.ts';
import type { LaneMessage, RunMessage } from './runs/run.ts';
import { dynamoRunStore } from './runs/run-store.aws.ts';
import { segmentFinder } from './segments/operations.ts';
import { s3TemplateContents } from './templates/contents.aws.ts';
import { templateFinder } from './templates/find-template.ts';

const { registryTable, endpointsTable, runsTable, credentialsSecret } = PINPOINT_ENV;
const { bucket } = PINPOINT_ENV;
const { importsQueueUrl, runsQueueUrl, slicesQueueUrl } = PINPOINT_ENV;
const env = readEnv({
  registryTable,
  endpointsTable,
  runsTable,
  importsQueueUrl,
  runsQueueUrl,
  slicesQueueUrl,
  credentialsSecret,
  bucket,
  region: 'AWS_REGION',
});
const dynamo = documentClient();
const registry = dynamoRegistry(env.registryTable, dynamo);
const contents = s3TemplateContents(env.bucket);
const keys = secretKeyPairs(env.credentialsSecret, Date.now);

export const handler = engineHandler({
  schemas: [...OPERATION_SCHEMAS, ...OWN_OPERATION_SCHEMAS],
  operations: engineOperations({
    registry,
    rowsOf: dynamoEndpointRows(env.endpointsTable, dynamo),
    jobs: sqsSender<JobMessage>(env.importsQueueUrl),
    runQueue: sqsSender<RunMessage>(env.runsQueueUrl),
    sliceQueue: sqsSender<LaneMessage>(env.slicesQueueUrl),
    runs: dynamoRunStore(env.runsTable, dynamo),
    lists: segmentFinder(registry),
    contents,
    templates: templateFinder({ registry, contents }),
    sleep: (ms) => sleep(ms),
  }),
  authenticate: (event, request, now) => verifySignature(keys, asSigned(event, request), now),
  newId: () => randomBytes(16).toString('hex'),
  region: env.region,
});
