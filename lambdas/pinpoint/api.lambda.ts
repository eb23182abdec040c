import { randomBytes } from 'node:crypto';
import { documentClient } from '../shared/dynamodb.aws.ts';
import { readEnv } from '../shared/env.ts';
import { sqsSender } from '../shared/queue-sender.aws.ts';
import { appOperations } from './apps/operations.ts';
import { asSigned } from './auth/handed-over.ts';
import { secretKeyPairs } from './auth/key-pairs.aws.ts';
import { verifySignature } from './auth/verify.ts';
import { campaignOperations } from './campaigns/operations.ts';
import { channelOperations } from './channels-api/operations.ts';
import { dynamoEndpointRows } from './endpoints/endpoint-rows.aws.ts';
import { endpointOperations } from './endpoints/operations.ts';
import { PINPOINT_ENV } from './env.ts';
import type { JobMessage } from './jobs/message.ts';
import { jobOperations } from './jobs/operations.ts';
import { engineHandler } from './protocol/handler.ts';
import { OPERATION_SCHEMAS } from './protocol/schemas.aws.ts';
import { dynamoRegistry } from './registry.aws.ts';
import type { RunMessage } from './runs/run.ts';
import { dynamoRunStore } from './runs/run-store.aws.ts';
import { segmentFinder, segmentOperations } from './segments/operations.ts';
import { tagOperations } from './tags/operations.ts';

const { registryTable, endpointsTable, runsTable, importsQueueUrl, runsQueueUrl, credentialsSecret } =
  PINPOINT_ENV;
const env = readEnv({
  registryTable,
  endpointsTable,
  runsTable,
  importsQueueUrl,
  runsQueueUrl,
  credentialsSecret,
  region: 'AWS_REGION',
});
const dynamo = documentClient();
const registry = dynamoRegistry(env.registryTable, dynamo);
const rowsOf = dynamoEndpointRows(env.endpointsTable, dynamo);
const jobs = sqsSender<JobMessage>(env.importsQueueUrl);
const keys = secretKeyPairs(env.credentialsSecret, Date.now);

export const handler = engineHandler({
  schemas: OPERATION_SCHEMAS,
  operations: {
    ...appOperations({ registry, jobs }),
    ...endpointOperations({ registry, rowsOf }),
    ...segmentOperations({ registry, jobs }),
    ...jobOperations({ registry, jobs }),
    ...channelOperations(registry),
    ...tagOperations(registry),
    ...campaignOperations({
      registry,
      lists: segmentFinder(registry),
      runQueue: sqsSender<RunMessage>(env.runsQueueUrl),
      runs: dynamoRunStore(env.runsTable, dynamo),
    }),
  },
  authenticate: (event, request, now) => verifySignature(keys, asSigned(event, request), now),
  newId: () => randomBytes(16).toString('hex'),
  region: env.region,
});
