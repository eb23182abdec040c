import type { MessageIdentity } from './ports.ts';

const encoded = (text: string): string => Buffer.from(text).toString('base64url');
const decoded = (text: string): string => Buffer.from(text, 'base64url').toString();

/** SES takes no longer value of a tag. */
const MAX_TAG = 256;

/**
 * A message's identity as e-mail tags: SES takes letters, digits, `-` and `_`, so ids that may hold more are base64url. A
 * user whose id is too long for a tag is left out: it follows from the message id.
 */
export function tagsOf(identity: MessageIdentity): Record<string, string> {
  const user = identity.userId === undefined ? '' : encoded(identity.userId);
  return {
    ...contextOf(identity),
    treatment_id: identity.treatmentId,
    ...(user === '' || user.length > MAX_TAG ? {} : { user }),
  };
}

/** A message's identity as SMS context, which holds five entries: the user and the treatment follow from the message id. */
export function contextOf(identity: MessageIdentity): Record<string, string> {
  return {
    message_id: identity.messageId,
    application_id: identity.applicationId,
    campaign_id: identity.campaignId,
    activity_id: identity.activityId,
    endpoint: encoded(identity.endpointId),
  };
}

/** What a receipt tells of the message it is about. */
export interface ReportedIdentity extends Omit<MessageIdentity, 'treatmentId'> {
  readonly treatmentId?: string;
}

/** Reads tags or context back; undefined when they are not ours. */
export function identityOfTags(
  tags: Readonly<Record<string, string | undefined>>,
): ReportedIdentity | undefined {
  const { message_id, application_id, campaign_id, activity_id, endpoint, treatment_id, user } = tags;
  if (!message_id || !application_id || !campaign_id || !activity_id || !endpoint) return undefined;
  return {
    messageId: message_id,
    applicationId: application_id,
    campaignId: campaign_id,
    activityId: activity_id,
    endpointId: decoded(endpoint),
    ...(treatment_id === undefined ? {} : { treatmentId: treatment_id }),
    ...(user === undefined ? {} : { userId: decoded(user) }),
  };
}
