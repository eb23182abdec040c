import { randomBytes } from 'node:crypto';
import type { PinpointClient } from '@aws-sdk/client-pinpoint';
import { appOperations } from '../../../lambdas/pinpoint/apps/operations.ts';
import type { JobMessage } from '../../../lambdas/pinpoint/jobs/message.ts';
import type { Registry } from '../../../lambdas/pinpoint/ports.ts';
import { type EngineHandler, engineHandler } from '../../../lambdas/pinpoint/protocol/handler.ts';
import type { Operations } from '../../../lambdas/pinpoint/protocol/operation.ts';
import { OPERATION_SCHEMAS } from '../../../lambdas/pinpoint/protocol/schemas.aws.ts';
import { dynamoRegistry } from '../../../lambdas/pinpoint/registry.aws.ts';
import { clientOf } from './client.ts';
import { startTables, type Tables } from './tables.ts';

export interface Engine {
  readonly tables: Tables;
  readonly registry: Registry;
  readonly handler: EngineHandler;
  readonly client: PinpointClient;
  /** Messages put on the queue of jobs, oldest first. */
  readonly queued: JobMessage[];
  readonly close: () => Promise<void>;
}

/** A handler over the given operations, without a signature check. */
export const handlerOf = (operations: Operations): EngineHandler =>
  engineHandler({
    schemas: OPERATION_SCHEMAS,
    operations,
    authenticate: () => Promise.reject(new Error('No test came through API Gateway')),
    newId: () => randomBytes(16).toString('hex'),
    region: 'ap-northeast-2',
  });

/** The control plane over an embedded DynamoDB, with the official client in front of it. */
export async function startEngine(): Promise<Engine> {
  const tables = await startTables();
  const registry = dynamoRegistry(tables.registry, tables.client);
  const queued: JobMessage[] = [];
  const jobs = {
    send: async (message: JobMessage) => void queued.push(message),
    sendAll: async (messages: readonly JobMessage[]) => void queued.push(...messages),
  };
  const handler = handlerOf({ ...appOperations({ registry, jobs }) });
  return { tables, registry, handler, client: clientOf(handler), queued, close: tables.close };
}
