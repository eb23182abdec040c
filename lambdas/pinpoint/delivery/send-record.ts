import { messageIdOf, recordIdOf } from '../ledger/message-id.ts';
import { type LedgerRecord, moment } from '../ledger/record.ts';
import type { RunPlan, TreatmentPlan } from '../runs/run.ts';
import type { FinalStatus } from './outcomes.ts';

/** A recipient's final state in a run. */
export interface SendFact {
  readonly endpointId: string;
  readonly userId?: string | undefined;
  readonly channelType: string;
  readonly status: FinalStatus;
  readonly reason: string;
  readonly providerMessageId?: string | undefined;
  /** Of the message that was made for it, if one was. */
  readonly messageId?: string | undefined;
  /** The provider's own words, when it refused. */
  readonly statusText?: string | undefined;
}

/**
 * The `_campaign.send` record of a recipient. Its id holds the status: after a crash between provider and claim the
 * same recipient may have `sent` and `uncertain`, and readers take the one that knows more.
 */
export function sendRecord(
  plan: RunPlan,
  { activityId, treatmentId }: Pick<TreatmentPlan, 'activityId' | 'treatmentId'>,
  fact: SendFact,
  at: number,
): LedgerRecord {
  return {
    record_id: recordIdOf(activityId, fact.endpointId, '_campaign.send', fact.status),
    event_type: '_campaign.send',
    ...moment(at),
    application_id: plan.applicationId,
    campaign_id: plan.campaignId,
    activity_id: activityId,
    treatment_id: fact.reason === 'HOLDOUT' ? undefined : treatmentId,
    endpoint_id: fact.endpointId,
    user_id: fact.userId,
    channel: fact.channelType,
    message_id: fact.messageId ?? messageIdOf(activityId, fact.endpointId),
    provider_message_id: fact.providerMessageId,
    status: fact.status,
    reason: fact.reason,
    campaign_tags: plan.campaignTags,
    attributes:
      fact.statusText === undefined ? undefined : JSON.stringify({ status_message: fact.statusText }),
  };
}
