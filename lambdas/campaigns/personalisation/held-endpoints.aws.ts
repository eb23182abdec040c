import {
  type EndpointResponse,
  GetUserEndpointsCommand,
  NotFoundException,
  type PinpointClient,
} from '@aws-sdk/client-pinpoint';
import { applicationId } from '../../shared/pinpoint-application.aws.ts';
import type { HeldEndpoint, HeldEndpoints } from './ports.ts';

/** A member's endpoints through the Pinpoint API: what the engine would render a message with. */
export function pinpointHeldEndpoints(client: PinpointClient, stage: string): HeldEndpoints {
  return {
    async of(UserId) {
      const ApplicationId = await applicationId(client, stage);
      try {
        const { EndpointsResponse } = await client.send(
          new GetUserEndpointsCommand({ ApplicationId, UserId }),
        );
        return (EndpointsResponse?.Item ?? []).map(held);
      } catch (cause) {
        if (cause instanceof NotFoundException) return undefined;
        throw cause;
      }
    },
  };
}

const held = (endpoint: EndpointResponse): HeldEndpoint => ({
  id: endpoint.Id ?? '',
  channelType: endpoint.ChannelType ?? '',
  reachable: endpoint.EndpointStatus !== 'INACTIVE' && endpoint.OptOut !== 'ALL' && Boolean(endpoint.Address),
  endpoint,
});
