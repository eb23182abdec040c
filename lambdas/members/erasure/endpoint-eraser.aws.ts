import { DeleteUserEndpointsCommand, NotFoundException, type PinpointClient } from '@aws-sdk/client-pinpoint';
import { applicationId } from '../../shared/pinpoint-application.aws.ts';
import type { EndpointEraser } from './ports.ts';

/** Endpoints in the engine's application of this deployment, through the Pinpoint API. */
export function pinpointEndpointEraser(client: PinpointClient, stage: string): EndpointEraser {
  return {
    async eraseUser(UserId) {
      const ApplicationId = await applicationId(client, stage);
      try {
        await client.send(new DeleteUserEndpointsCommand({ ApplicationId, UserId }));
      } catch (error) {
        if (!(error instanceof NotFoundException)) throw error;
      }
    },
  };
}
