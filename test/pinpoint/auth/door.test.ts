import { CreateAppCommand, ForbiddenException, type PinpointClientConfig } from '@aws-sdk/client-pinpoint';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appOperations } from '../../../lambdas/pinpoint/apps/operations.ts';
import { asSigned } from '../../../lambdas/pinpoint/auth/handed-over.ts';
import { verifySignature } from '../../../lambdas/pinpoint/auth/verify.ts';
import { type EngineHandler, engineHandler } from '../../../lambdas/pinpoint/protocol/handler.ts';
import { OPERATION_SCHEMAS } from '../../../lambdas/pinpoint/protocol/schemas.aws.ts';
import { memoryRunStore } from '../runs/support/memory.ts';
import { ACCESS_KEY, clientOver, lambdaContext, proxyEventOf } from '../support/client.ts';
import { type Engine, startEngine } from '../support/engine.ts';

let engine: Engine;
let handler: EngineHandler;
beforeAll(async () => {
  engine = await startEngine();
  const keys = {
    secretOf: async (id: string) => (id === ACCESS_KEY.accessKeyId ? ACCESS_KEY.secretAccessKey : undefined),
  };
  const jobs = { send: async () => undefined, sendAll: async () => undefined };
  let ids = 0;
  handler = engineHandler({
    schemas: OPERATION_SCHEMAS,
    operations: appOperations({ registry: engine.registry, jobs, runs: memoryRunStore(), sliceQueue: jobs }),
    authenticate: (event, request, now) => verifySignature(keys, asSigned(event, request), now),
    newId: () => `id-${++ids}`,
    region: 'ap-northeast-2',
  });
});
afterAll(() => engine.close());

/** A client that comes through the engine's REST API. */
const outside = (config: PinpointClientConfig = {}) =>
  clientOver((request) => handler(proxyEventOf(request, 'api-1'), lambdaContext), config);
const create = new CreateAppCommand({ CreateApplicationRequest: { Name: 'n' } });

describe('the engine’s public door', () => {
  it('lets a client in that signs with one of its key pairs', async () => {
    expect((await outside().send(create)).ApplicationResponse?.Name).toBe('n');
  });

  it('refuses any other with Forbidden, and does nothing for it', async () => {
    const before = await engine.registry.list('apps', '');
    for (const secretAccessKey of ['wrong', '']) {
      const stranger = outside({ credentials: { ...ACCESS_KEY, secretAccessKey } });
      const error = await stranger.send(create).catch((caught: unknown) => caught);
      expect(error).toBeInstanceOf(ForbiddenException);
    }
    expect(await engine.registry.list('apps', '')).toEqual(before);
  });
});
