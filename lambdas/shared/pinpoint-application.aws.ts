import { CreateAppCommand, type PinpointClient } from '@aws-sdk/client-pinpoint';
import { withIdempotencyKey } from './idempotency-key.aws.ts';

const known = new WeakMap<PinpointClient, Map<string, Promise<string>>>();

/**
 * The id of the deployment's Pinpoint application. The first call of a process creates it or, because the engine
 * keeps the key for ever, finds it; later calls of the process remember.
 */
export function applicationId(client: PinpointClient, stage: string): Promise<string> {
  const stages = known.get(client) ?? new Map<string, Promise<string>>();
  known.set(client, stages);
  const id = stages.get(stage) ?? create(client, stage);
  stages.set(stage, id);
  // A failure is not remembered: the next request asks again.
  id.catch(() => stages.delete(stage));
  return id;
}

async function create(client: PinpointClient, stage: string): Promise<string> {
  const name = `repoint-${stage}`;
  const command = new CreateAppCommand({ CreateApplicationRequest: { Name: name } });
  const { ApplicationResponse } = await withIdempotencyKey(client, name, command);
  if (!ApplicationResponse?.Id) throw new Error(`The engine gave no id for the application ${name}`);
  return ApplicationResponse.Id;
}
