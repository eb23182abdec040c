import type { ReportedIdentity } from '../channels/tags.ts';
import { recordIdOf } from '../ledger/message-id.ts';
import { type LedgerRecord, moment } from '../ledger/record.ts';

/** What a provider told about one of our messages. */
export interface Receipt {
  readonly identity: ReportedIdentity;
  /** Pinpoint's event-stream name: `_email.open`, `_SMS.SUCCESS`, … (pinpoint.md §3.3). */
  readonly eventType: string;
  readonly channel: 'EMAIL' | 'SMS';
  /** Epoch milliseconds. */
  readonly at: number;
  readonly providerMessageId?: string | undefined;
  /** Tells several facts of one kind apart: the clicked link. */
  readonly detail?: string | undefined;
  /** Anything more for the ledger; undefined members stay out. */
  readonly attributes: Readonly<Record<string, unknown>>;
  /** Whether the address gets no more messages from here on (spec §6). */
  readonly suppresses: boolean;
}

/** The ledger record of a receipt: told twice, it has the same id twice. */
export function receiptRecord(receipt: Receipt): LedgerRecord {
  const { identity, eventType, at, detail = '' } = receipt;
  return {
    record_id: recordIdOf(identity.messageId, eventType, String(at), detail),
    event_type: eventType,
    ...moment(at),
    application_id: identity.applicationId,
    campaign_id: identity.campaignId,
    activity_id: identity.activityId,
    treatment_id: identity.treatmentId,
    endpoint_id: identity.endpointId,
    user_id: identity.userId,
    channel: receipt.channel,
    message_id: identity.messageId,
    provider_message_id: receipt.providerMessageId,
    attributes: JSON.stringify(receipt.attributes),
  };
}
