import type { MessageIdentity } from './ports.ts';

const encoded = (text: string): string => Buffer.from(text).toString('base64url');
const decoded = (text: string): string => Buffer.from(text, 'base64url').toString();

/** SES takes no longer value of a tag, and the SMS provider none of its context. */
const MAX_TAG = 256;
const MAX_CONTEXT = 800;

const commonOf = ({ messageId, applicationId, campaignId, activityId }: MessageIdentity) => ({
  message_id: messageId,
  application_id: applicationId,
  campaign_id: campaignId,
  activity_id: activityId,
});

/** The name of a value's nth piece: `endpoint`, `endpoint_2`, … */
const pieceName = (name: string, index: number): string => (index === 0 ? name : `${name}_${index + 1}`);

/** An id of 400 characters may have 1,600 here: in pieces that a tag can hold. */
function inPieces(name: string, text: string): Record<string, string> {
  if (text.length <= MAX_TAG) return { [name]: text };
  const pieces = Array.from({ length: Math.ceil(text.length / MAX_TAG) }, (_, index) =>
    text.slice(index * MAX_TAG, (index + 1) * MAX_TAG),
  );
  return Object.fromEntries(pieces.map((piece, index) => [pieceName(name, index), piece]));
}

/** A message's identity as e-mail tags: SES takes letters, digits, `-` and `_`, so ids that may hold more are base64url. */
export function tagsOf(identity: MessageIdentity): Record<string, string> {
  const user = identity.userId === undefined ? '' : encoded(identity.userId);
  return {
    ...commonOf(identity),
    ...inPieces('endpoint', encoded(identity.endpointId)),
    treatment_id: identity.treatmentId,
    ...(user === '' ? {} : inPieces('user', user)),
  };
}

/**
 * A message's identity as SMS context, which holds five entries: the user and the treatment follow from the message id. An
 * endpoint whose id is too long in base64url is named as it is.
 */
export function contextOf(identity: MessageIdentity): Record<string, string> {
  const endpoint = encoded(identity.endpointId);
  const isLong = endpoint.length > MAX_CONTEXT;
  return { ...commonOf(identity), ...(isLong ? { endpoint_id: identity.endpointId } : { endpoint }) };
}

/** What a receipt tells of the message it is about. */
export interface ReportedIdentity extends Omit<MessageIdentity, 'treatmentId'> {
  readonly treatmentId?: string;
}

type Tags = Readonly<Record<string, string | undefined>>;

/** The value whose pieces these are; undefined when there is none. */
function joined(tags: Tags, name: string): string | undefined {
  let text = tags[name];
  for (let index = 1; text !== undefined; index++) {
    const more = tags[pieceName(name, index)];
    if (more === undefined) break;
    text += more;
  }
  return text === undefined ? undefined : decoded(text);
}

/** Reads tags or context back; undefined when they are not ours. */
export function identityOfTags(tags: Tags): ReportedIdentity | undefined {
  const { message_id, application_id, campaign_id, activity_id, treatment_id } = tags;
  const endpointId = joined(tags, 'endpoint') ?? tags['endpoint_id'];
  const user = joined(tags, 'user');
  if (!message_id || !application_id || !campaign_id || !activity_id || !endpointId) return undefined;
  return {
    messageId: message_id,
    applicationId: application_id,
    campaignId: campaign_id,
    activityId: activity_id,
    endpointId,
    ...(treatment_id === undefined ? {} : { treatmentId: treatment_id }),
    ...(user === undefined ? {} : { userId: user }),
  };
}
