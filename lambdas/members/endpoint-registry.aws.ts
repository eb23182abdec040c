import {
  BadRequestException,
  type EndpointBatchItem,
  type PinpointClient,
  UpdateEndpointsBatchCommand,
} from '@aws-sdk/client-pinpoint';
import { inParallel } from '../shared/parallel.ts';
import { applicationId } from '../shared/pinpoint-application.aws.ts';
import { logger } from '../shared/telemetry.ts';
import type { MemberEndpoints } from './endpoints.ts';
import type { EndpointFailure, EndpointRegistry } from './ports.ts';

/** UpdateEndpointsBatch takes 100 endpoints a call. */
const MAX_ENDPOINTS = 100;
const CALLS_IN_FLIGHT = 3;

type Failures = Map<string, EndpointFailure>;

/** Endpoints in the engine's application of this deployment, through the Pinpoint API. */
export function pinpointEndpoints(client: PinpointClient, stage: string): EndpointRegistry {
  return {
    async update(members) {
      const failures: Failures = new Map();
      await inParallel(calls(members), CALLS_IN_FLIGHT, (call) => updated(client, stage, call, failures));
      return failures;
    },
  };
}

/** Members in as few calls as hold them; one member's endpoints stay together. */
function calls(members: readonly MemberEndpoints[]): MemberEndpoints[][] {
  const out: MemberEndpoints[][] = [];
  let endpoints = Number.POSITIVE_INFINITY;
  for (const member of members) {
    if (endpoints + member.items.length > MAX_ENDPOINTS) {
      out.push([]);
      endpoints = 0;
    }
    out.at(-1)?.push(member);
    endpoints += member.items.length;
  }
  return out;
}

/** The engine refuses a call as a whole: a refused one is cut in two until the member that spoils it stands alone. */
async function updated(
  client: PinpointClient,
  stage: string,
  members: readonly MemberEndpoints[],
  failures: Failures,
): Promise<void> {
  try {
    await put(
      client,
      stage,
      members.flatMap(({ items }) => items),
    );
  } catch (cause) {
    if (!(cause instanceof BadRequestException)) {
      logger.warn('endpoints not updated', { error: cause as Error, members: members.length });
      const failure = { code: 'unavailable', message: 'the engine does not answer; send it again' } as const;
      for (const { userId } of members) failures.set(userId, failure);
      return;
    }
    const [only, ...others] = members;
    if (only !== undefined && others.length === 0) {
      failures.set(only.userId, { code: 'unprocessable', message: `the engine says: ${cause.message}` });
      return;
    }
    const middle = Math.ceil(members.length / 2);
    await updated(client, stage, members.slice(0, middle), failures);
    await updated(client, stage, members.slice(middle), failures);
  }
}

async function put(client: PinpointClient, stage: string, items: EndpointBatchItem[]): Promise<void> {
  const ApplicationId = await applicationId(client, stage);
  await client.send(
    new UpdateEndpointsBatchCommand({ ApplicationId, EndpointBatchRequest: { Item: items } }),
  );
}
