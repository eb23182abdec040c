import { identityOfTags } from '../channels/tags.ts';
import type { Receipt } from './receipt.ts';

/** The members of an AWS End User Messaging SMS event that are read. */
export interface SmsDetail {
  readonly eventType?: string;
  /** Epoch milliseconds. */
  readonly eventTimestamp?: number;
  readonly messageId?: string;
  readonly messageStatus?: string;
  readonly messageStatusDescription?: string;
  readonly isoCountryCode?: string;
  readonly totalMessageParts?: number;
  readonly totalMessagePrice?: number;
  readonly context?: Readonly<Record<string, string>>;
}

/** Event types that are not failures; every other TEXT_ type is one (pinpoint.md §3.3). */
const KINDS: Readonly<Record<string, string>> = {
  TEXT_DELIVERED: '_SMS.SUCCESS',
  TEXT_SUCCESSFUL: '_SMS.SUCCESS',
  TEXT_QUEUED: '_SMS.BUFFERED',
  TEXT_PENDING: '_SMS.BUFFERED',
  TEXT_SENT: '_SMS.BUFFERED',
  TEXT_OPTED_OUT: '_SMS.OPTOUT',
};

/** The number cannot get messages, ever. */
const DEAD = new Set(['TEXT_INVALID', 'TEXT_OPTED_OUT']);

/** What the provider told about one of our SMS; undefined for events of other kinds and messages without our context. */
export function smsReceipt(detail: SmsDetail, eventTime: string): Receipt | undefined {
  const { eventType = '' } = detail;
  const identity = identityOfTags(detail.context ?? {});
  if (!identity || !eventType.startsWith('TEXT_')) return undefined;
  return {
    identity,
    eventType: KINDS[eventType] ?? '_SMS.FAILURE',
    channel: 'SMS',
    at: detail.eventTimestamp ?? Date.parse(eventTime),
    providerMessageId: detail.messageId,
    // Accepted by the carrier and delivered to the phone are two facts of one name.
    detail: eventType,
    attributes: {
      record_status: detail.messageStatus,
      status_description: detail.messageStatusDescription,
      iso_country_code: detail.isoCountryCode,
      number_of_message_parts: detail.totalMessageParts,
      price_in_usd: detail.totalMessagePrice,
    },
    suppresses: DEAD.has(eventType),
  };
}
