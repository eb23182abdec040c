import {
  type DestinationCountryParameterKey,
  type MessageType,
  PinpointSMSVoiceV2Client,
  SendTextMessageCommand,
} from '@aws-sdk/client-pinpoint-sms-voice-v2';
import { outcomeOfError } from './failure.ts';
import type { ChannelAdapter, Outcome, OutgoingMessage } from './ports.ts';
import { CLIENT_SETTINGS } from './settings.ts';
import { contextOf } from './tags.ts';

export interface SmsSettings {
  /** Phone number, sender id or pool of messages that name none. */
  readonly originationIdentity: string;
}

/** Reasons with which the provider refuses a number for good. */
const DEAD_NUMBER = /DESTINATION_PHONE_NUMBER_(OPTED_OUT|INVALID|BLOCKED)/;

function refused(cause: unknown): Outcome {
  const outcome = outcomeOfError(cause);
  const { Reason: reason = '' } = cause as { Reason?: string };
  if (outcome.kind !== 'permanent') return outcome;
  const text = `${reason} ${outcome.text}`.trim();
  return DEAD_NUMBER.test(reason)
    ? { kind: 'permanent', text, gone: true, reason: 'FAILURE_PERMANENT' }
    : { ...outcome, text };
}

/** India asks for its registrations by country parameter. */
function countryParameters(content: OutgoingMessage['content']) {
  const { entityId, templateId } = content;
  const parameters: Partial<Record<DestinationCountryParameterKey, string>> = {
    ...(entityId ? { IN_ENTITY_ID: entityId } : {}),
    ...(templateId ? { IN_TEMPLATE_ID: templateId } : {}),
  };
  return Object.keys(parameters).length > 0 ? { DestinationCountryParameters: parameters } : {};
}

/** SMS through AWS End User Messaging: one request a message, those of a call side by side. */
export function awsSms(
  settings: SmsSettings,
  client = new PinpointSMSVoiceV2Client(CLIENT_SETTINGS),
): ChannelAdapter {
  const send = async ({ address, identity, content }: OutgoingMessage): Promise<Outcome> => {
    try {
      const { MessageId } = await client.send(
        new SendTextMessageCommand({
          DestinationPhoneNumber: address,
          OriginationIdentity: content['origination'] ?? settings.originationIdentity,
          MessageBody: content['body'],
          MessageType: content['messageType'] as MessageType | undefined,
          Context: contextOf(identity),
          ...countryParameters(content),
        }),
      );
      return { kind: 'sent', ...(MessageId ? { providerMessageId: MessageId } : {}) };
    } catch (cause) {
      return refused(cause);
    }
  };
  return { send: (messages) => Promise.all(messages.map(send)) };
}
