import {
  type ChannelType,
  GetUserEndpointsCommand,
  NotFoundException,
  type PinpointClient,
} from '@aws-sdk/client-pinpoint';
import type { ConsentChannel } from '../../members/index.ts';
import { applicationId } from '../../shared/pinpoint-application.aws.ts';
import type { LiveAddresses } from './ports.ts';

/** Pinpoint's channels of members' endpoints. */
const CHANNELS: Readonly<Partial<Record<ChannelType, ConsentChannel>>> = {
  GCM: 'push',
  APNS: 'push',
  APNS_SANDBOX: 'push',
  EMAIL: 'email',
  SMS: 'sms',
  CUSTOM: 'kakao',
};

/** Through the official Pinpoint client: bounces, STOP replies and opt-outs are known to the engine alone. */
export const pinpointAddresses = (client: PinpointClient, stage: string): LiveAddresses => ({
  async of(UserId) {
    const ApplicationId = await applicationId(client, stage);
    const endpoints = await endpointsOf(client, ApplicationId, UserId);
    return new Set(
      endpoints.flatMap(({ ChannelType, EndpointStatus, OptOut, Address }) => {
        const channel = ChannelType && CHANNELS[ChannelType];
        const isLive = EndpointStatus !== 'INACTIVE' && OptOut !== 'ALL' && Address !== undefined;
        return channel !== undefined && isLive ? [channel] : [];
      }),
    );
  },
});

async function endpointsOf(client: PinpointClient, ApplicationId: string, UserId: string) {
  try {
    const { EndpointsResponse } = await client.send(new GetUserEndpointsCommand({ ApplicationId, UserId }));
    return EndpointsResponse?.Item ?? [];
  } catch (cause) {
    if (cause instanceof NotFoundException) return [];
    throw cause;
  }
}
