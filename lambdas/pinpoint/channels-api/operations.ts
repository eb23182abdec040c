import type { ChannelResponse } from '@aws-sdk/client-pinpoint';
import { requireApp } from '../apps/app.ts';
import { CHANNELS } from '../channels/registry.ts';
import type { Registry } from '../ports.ts';
import type { Operation, Operations } from '../protocol/operation.ts';

/** Channels are set up per deployment, not per application: every application has those the engine sends on. */
const getChannels =
  (registry: Registry): Operation<'GetChannels'> =>
  async ({ ApplicationId }) => {
    const { row: app } = await requireApp(registry, ApplicationId);
    const channel = (type: string): [string, ChannelResponse] => [
      type,
      { ApplicationId: app.id, Id: type.toLowerCase(), Enabled: true, IsArchived: false },
    ];
    const types = CHANNELS.flatMap((kind) => kind.types);
    return { ChannelsResponse: { Channels: Object.fromEntries(types.map(channel)) } };
  };

export const channelOperations = (registry: Registry) =>
  ({ GetChannels: getChannels(registry) }) satisfies Operations;
