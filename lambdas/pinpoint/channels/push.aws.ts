import {
  type AddressConfiguration,
  type ChannelType,
  type Message,
  type MessageResult,
  PinpointClient,
  SendMessagesCommand,
} from '@aws-sdk/client-pinpoint';
import { inHalves } from './in-halves.ts';
import type { ChannelAdapter, Outcome, OutgoingMessage } from './ports.ts';
import { apnsPayload, gcmPayload } from './push-payload.ts';
import { CLIENT_SETTINGS } from './settings.ts';

/** The provider says that a token is dead with this status. */
const GONE = 410;

/** What the provider said of one address (pinpoint.md §2.8). */
const OUTCOMES: Readonly<Record<string, (result: MessageResult, text: string) => Outcome>> = {
  SUCCESSFUL: ({ MessageId, UpdatedToken }) => ({
    kind: 'sent',
    ...(MessageId ? { providerMessageId: MessageId } : {}),
    ...(UpdatedToken ? { updatedToken: UpdatedToken } : {}),
  }),
  THROTTLED: (_, text) => ({ kind: 'throttled', text }),
  TEMPORARY_FAILURE: (_, text) => ({ kind: 'transient', text }),
  PERMANENT_FAILURE: ({ StatusCode }, text) => ({
    kind: 'permanent',
    text,
    gone: StatusCode === GONE,
    reason: 'FAILURE_PERMANENT',
  }),
  OPT_OUT: (_, text) => ({ kind: 'permanent', text, gone: false, reason: 'FAILURE_PERMANENT' }),
  DUPLICATE: (_, text) => ({ kind: 'permanent', text, gone: false, reason: 'FAILURE' }),
  UNKNOWN_FAILURE: (_, text) => ({ kind: 'permanent', text, gone: false, reason: 'FAILURE' }),
};

function outcomeOf(result: MessageResult | undefined): Outcome {
  if (!result) return { kind: 'uncertain', text: 'The answer does not name the address' };
  const text = `${result.DeliveryStatus} ${result.StatusCode ?? ''} ${result.StatusMessage ?? ''}`.trim();
  return OUTCOMES[result.DeliveryStatus ?? '']?.(result, text) ?? { kind: 'uncertain', text };
}

function addressOf(message: OutgoingMessage): AddressConfiguration {
  const payload = message.channelType === 'GCM' ? gcmPayload(message) : apnsPayload(message);
  return { ChannelType: message.channelType as ChannelType, RawContent: JSON.stringify(payload) };
}

/** How long the provider may try, which every message of a platform in a call shares. */
function timeToLive(messages: readonly OutgoingMessage[], isOf: (channelType: string) => boolean): Message {
  const seconds = messages.find(({ channelType }) => isOf(channelType))?.content['ttlSeconds'];
  return seconds === undefined ? {} : { TimeToLive: Number(seconds) };
}

/** Push by token through AWS End User Messaging (Pinpoint's SendMessages): at most 100 addresses, all of them different. */
export function awsPush(applicationId: string, client = new PinpointClient(CLIENT_SETTINGS)): ChannelAdapter {
  return {
    send: (messages) =>
      inHalves(messages, async (call) => {
        const answer = await client.send(
          new SendMessagesCommand({
            ApplicationId: applicationId,
            MessageRequest: {
              Addresses: Object.fromEntries(call.map((each) => [each.address, addressOf(each)])),
              MessageConfiguration: {
                GCMMessage: timeToLive(call, (type) => type === 'GCM'),
                APNSMessage: timeToLive(call, (type) => type !== 'GCM'),
              },
            },
          }),
        );
        const results = answer.MessageResponse?.Result ?? {};
        return call.map(({ address }) => outcomeOf(results[address]));
      }),
  };
}
