import { documentClient } from '../shared/dynamodb.aws.ts';
import { readEnv } from '../shared/env.ts';
import { queueHandler } from '../shared/queue.ts';
import { sqsSender } from '../shared/queue-sender.aws.ts';
import { dynamoEndpointRows } from './endpoints/endpoint-rows.aws.ts';
import { PINPOINT_ENV } from './env.ts';
import { dynamoEndpointEraser } from './jobs/endpoint-eraser.aws.ts';
import type { JobMessage } from './jobs/message.ts';
import { runJob } from './jobs/run-job.ts';
import { s3Source } from './jobs/source.aws.ts';
import { dynamoRegistry } from './registry.aws.ts';
import { s3ListFiles } from './segments/list-files.aws.ts';

const { registryTable, endpointsTable, bucket, importsQueueUrl } = PINPOINT_ENV;
const env = readEnv({ registryTable, endpointsTable, bucket, importsQueueUrl });
const dynamo = documentClient();

const deps = {
  registry: dynamoRegistry(env.registryTable, dynamo),
  rowsOf: dynamoEndpointRows(env.endpointsTable, dynamo),
  eraser: dynamoEndpointEraser(env.endpointsTable, dynamo),
  files: s3ListFiles(env.bucket),
  openSource: s3Source(),
  jobs: sqsSender<JobMessage>(env.importsQueueUrl),
};

export const handler = queueHandler<JobMessage>((message, ctx) => runJob(deps, message, ctx));
