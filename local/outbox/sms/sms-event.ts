import type { PublishedEvent } from '../../aws/bus/index.ts';
import type { Message } from '../message.ts';

const HAPPENINGS = {
  deliver: { status: 'DELIVERED', description: 'Message has been accepted by phone' },
  bounce: { status: 'UNREACHABLE', description: 'Phone is currently unreachable or unavailable' },
} as const;

/** GSM-7 holds 160 characters alone and 153 in each of several parts; UCS-2 70 and 67. */
function partsOf(body: string): { readonly encoding: 'GSM' | 'Unicode'; readonly count: number } {
  // ASCII stands for GSM-7 here: what is outside both is what matters, such as Korean.
  const isGsm = /^[\x20-\x7e\r\n]*$/.test(body);
  const [alone, each] = isGsm ? [160, 153] : [70, 67];
  const count = body.length <= alone ? 1 : Math.ceil(body.length / each);
  return { encoding: isGsm ? 'GSM' : 'Unicode', count };
}

/** What AWS End User Messaging SMS publishes when a message arrived, or could not (EventBridge, source aws.sms-voice). */
export function smsEvent(message: Message, action: keyof typeof HAPPENINGS, nowMs: number): PublishedEvent {
  const { status, description } = HAPPENINGS[action];
  const parts = partsOf(message.body);
  return {
    source: 'aws.sms-voice',
    'detail-type': 'Text Message Delivery Status Updated',
    timeMs: nowMs,
    detail: {
      eventType: `TEXT_${status}`,
      eventVersion: '1.0',
      eventTimestamp: nowMs,
      isFinal: true,
      ...(message.from !== undefined && { originationPhoneNumber: message.from }),
      destinationPhoneNumber: message.to,
      messageId: message.providerMessageId,
      messageRequestTimestamp: Date.parse(message.at),
      messageEncoding: parts.encoding,
      messageType: message.messageType,
      messageStatus: status,
      messageStatusDescription: description,
      ...(Object.keys(message.context).length > 0 && { context: message.context }),
      totalMessageParts: parts.count,
      totalMessagePrice: 0,
      totalCarrierFee: 0,
    },
  };
}
