import type { Ledger } from '../ledger/ledger.ts';
import type { EndpointReader, EndpointWriter } from '../ports.ts';
import { type Receipt, receiptRecord } from './receipt.ts';
import { type SesDetail, sesReceipt } from './ses.ts';
import { type SmsDetail, smsReceipt } from './sms.ts';

/** An event of the account's bus, as far as it is read. */
export interface ProviderEvent {
  readonly source: string;
  readonly 'detail-type': string;
  /** ISO 8601. */
  readonly time: string;
  readonly detail: SesDetail & SmsDetail;
}

const SOURCES: Readonly<Record<string, (event: ProviderEvent) => Receipt | undefined>> = {
  'aws.ses': (event) => sesReceipt(event['detail-type'], event.detail, event.time),
  'aws.sms-voice': (event) => smsReceipt(event.detail, event.time),
};

export interface FeedbackDeps {
  readonly ledger: Ledger;
  readonly endpoints: Pick<EndpointReader, 'endpoints'> & Pick<EndpointWriter, 'deactivate'>;
}

/**
 * Takes what a provider told about a message into the ledger, and suppresses the address of a hard bounce, a complaint
 * or an opt-out. Events about anything but our own messages are passed over, and those about an endpoint that is gone: an old
 * e-mail may be opened years after its recipient was erased, and must not bring them back into the lake (spec §1, "Privacy").
 */
export async function takeFeedback({ ledger, endpoints }: FeedbackDeps, event: ProviderEvent): Promise<void> {
  const receipt = SOURCES[event.source]?.(event);
  if (!receipt) return;
  const { applicationId, endpointId, messageId } = receipt.identity;
  const found = await endpoints.endpoints(applicationId, [endpointId], ['ChannelType']);
  if (!found.has(endpointId)) return;
  await ledger.write(messageId, [receiptRecord(receipt)]);
  if (receipt.suppresses) await endpoints.deactivate(applicationId, endpointId);
}
