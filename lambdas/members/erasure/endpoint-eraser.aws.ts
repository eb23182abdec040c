import {
  DeleteUserEndpointsCommand,
  GetUserEndpointsCommand,
  NotFoundException,
  type PinpointClient,
} from '@aws-sdk/client-pinpoint';
import { applicationId } from '../../shared/pinpoint-application.aws.ts';
import type { EndpointEraser } from './ports.ts';

/** Endpoints in the engine's application of this deployment, through the Pinpoint API. */
export function pinpointEndpointEraser(client: PinpointClient, stage: string): EndpointEraser {
  return {
    async idsOf(UserId) {
      const ApplicationId = await applicationId(client, stage);
      const found = await ifFound(client.send(new GetUserEndpointsCommand({ ApplicationId, UserId })));
      return (found?.EndpointsResponse?.Item ?? []).flatMap(({ Id }) => Id ?? []);
    },
    async eraseUser(UserId) {
      const ApplicationId = await applicationId(client, stage);
      await ifFound(client.send(new DeleteUserEndpointsCommand({ ApplicationId, UserId })));
    },
  };
}

/** The engine answers "not found" for a user without endpoints. */
async function ifFound<Answer>(answer: Promise<Answer>): Promise<Answer | undefined> {
  try {
    return await answer;
  } catch (error) {
    if (error instanceof NotFoundException) return undefined;
    throw error;
  }
}
