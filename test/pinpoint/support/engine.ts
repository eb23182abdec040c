import { randomBytes } from 'node:crypto';
import { CreateAppCommand, type PinpointClient } from '@aws-sdk/client-pinpoint';
import { appOperations } from '../../../lambdas/pinpoint/apps/operations.ts';
import { channelOperations } from '../../../lambdas/pinpoint/channels-api/operations.ts';
import { dynamoEndpointReader } from '../../../lambdas/pinpoint/endpoints/endpoint-reader.aws.ts';
import { dynamoEndpointRows } from '../../../lambdas/pinpoint/endpoints/endpoint-rows.aws.ts';
import { endpointOperations, endpointWriter } from '../../../lambdas/pinpoint/endpoints/operations.ts';
import type { RowsOf } from '../../../lambdas/pinpoint/endpoints/ports.ts';
import { dynamoEndpointEraser } from '../../../lambdas/pinpoint/jobs/endpoint-eraser.aws.ts';
import type { JobMessage } from '../../../lambdas/pinpoint/jobs/message.ts';
import { jobOperations } from '../../../lambdas/pinpoint/jobs/operations.ts';
import { runJob } from '../../../lambdas/pinpoint/jobs/run-job.ts';
import { s3Source } from '../../../lambdas/pinpoint/jobs/source.aws.ts';
import type {
  EndpointReader,
  EndpointWriter,
  Registry,
  SegmentLists,
} from '../../../lambdas/pinpoint/ports.ts';
import { type EngineHandler, engineHandler } from '../../../lambdas/pinpoint/protocol/handler.ts';
import type { Operations } from '../../../lambdas/pinpoint/protocol/operation.ts';
import { OWN_OPERATION_SCHEMAS } from '../../../lambdas/pinpoint/protocol/own-operations.ts';
import { OPERATION_SCHEMAS } from '../../../lambdas/pinpoint/protocol/schemas.aws.ts';
import { dynamoRegistry } from '../../../lambdas/pinpoint/registry.aws.ts';
import { s3ListFiles, s3SegmentLists } from '../../../lambdas/pinpoint/segments/list-files.aws.ts';
import { segmentOperations } from '../../../lambdas/pinpoint/segments/operations.ts';
import { tagOperations } from '../../../lambdas/pinpoint/tags/operations.ts';
import { memoryRunStore } from '../runs/support/memory.ts';
import { clientOf } from './client.ts';
import { type Files, startFiles } from './files.ts';
import { startTables, type Tables } from './tables.ts';

export interface Engine {
  readonly tables: Tables;
  readonly registry: Registry;
  readonly rowsOf: RowsOf;
  readonly reader: EndpointReader;
  readonly writer: EndpointWriter;
  readonly handler: EngineHandler;
  readonly client: PinpointClient;
  readonly files: Files;
  readonly lists: SegmentLists;
  /** Works on the oldest queued message, as its `receiveCount`th delivery; leaves it queued when that throws. */
  readonly work: (options?: { receiveCount?: number; remainingMs?: () => number }) => Promise<void>;
  /** Messages put on the queue of jobs, oldest first. */
  readonly queued: JobMessage[];
  readonly close: () => Promise<void>;
}

/** A handler over the given operations, without a signature check. */
export const handlerOf = (operations: Operations): EngineHandler =>
  engineHandler({
    schemas: [...OPERATION_SCHEMAS, ...OWN_OPERATION_SCHEMAS],
    operations,
    authenticate: () => Promise.reject(new Error('No test came through API Gateway')),
    newId: () => randomBytes(16).toString('hex'),
    region: 'ap-northeast-2',
  });

/** A new application's id. */
export async function newApp(client: PinpointClient, name = 'shop'): Promise<string> {
  const made = await client.send(new CreateAppCommand({ CreateApplicationRequest: { Name: name } }));
  return made.ApplicationResponse?.Id ?? '';
}

/** The control plane over an embedded DynamoDB, with the official client in front of it. */
export async function startEngine(): Promise<Engine> {
  const tables = await startTables();
  const registry = dynamoRegistry(tables.registry, tables.client);
  const queued: JobMessage[] = [];
  const jobs = {
    send: async (message: JobMessage) => void queued.push(message),
    sendAll: async (messages: readonly JobMessage[]) => void queued.push(...messages),
  };
  const lanes = { send: async () => undefined, sendAll: async () => undefined };
  const rowsOf = dynamoEndpointRows(tables.endpoints, tables.client);
  const handler = handlerOf({
    ...appOperations({ registry, jobs, runs: memoryRunStore(), sliceQueue: lanes }),
    ...endpointOperations({ registry, rowsOf }),
    ...segmentOperations({ registry, jobs }),
    ...jobOperations({ registry, jobs }),
    ...channelOperations(registry),
    ...tagOperations(registry),
  });
  const files = await startFiles();
  const listFiles = s3ListFiles(files.engineBucket, files.s3);
  const deps = {
    registry,
    rowsOf,
    jobs,
    files: listFiles,
    eraser: dynamoEndpointEraser(tables.endpoints, tables.client),
    openSource: s3Source(files.sts, () => files.s3),
  };
  const work: Engine['work'] = async ({ receiveCount = 1, remainingMs = () => 900_000 } = {}) => {
    const body = queued.shift();
    if (!body) throw new Error('Nothing is queued');
    const ctx = { actor: 'test', requestId: 'r', now: Date.now(), deadline: Date.now() + 900_000 };
    try {
      await runJob(deps, { body, receiveCount, remainingMs }, ctx);
    } catch (error) {
      queued.unshift(body);
      throw error;
    }
  };
  return {
    files,
    work,
    lists: s3SegmentLists(registry, files.engineBucket, files.s3),
    tables,
    registry,
    rowsOf,
    reader: dynamoEndpointReader(tables.endpoints, tables.client),
    writer: endpointWriter(rowsOf),
    handler,
    client: clientOf(handler),
    queued,
    close: async () => {
      await tables.close();
      await files.close();
    },
  };
}
