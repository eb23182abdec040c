import type { MessageConfiguration } from '@aws-sdk/client-pinpoint';
import { type ChannelKind, type MessagePart, present } from './channel.ts';

function smsPart({ SMSMessage: sms }: MessageConfiguration): MessagePart | undefined {
  if (!sms) return undefined;
  return {
    templates: { body: { member: 'MessageConfiguration.SMSMessage.Body', text: sms.Body ?? '' } },
    constants: present({
      messageType: sms.MessageType,
      origination: sms.OriginationNumber ?? sms.SenderId,
      entityId: sms.EntityId,
      templateId: sms.TemplateId,
    }),
  };
}

/**
 * SMS: the provider takes one message a request. A call is a group of ten requests side by side, claimed together:
 * that many messages a crash can leave uncertain.
 */
export const SMS: ChannelKind = { name: 'sms', types: ['SMS'], callSize: 10, part: smsPart };
