export type Channel = 'push' | 'email' | 'sms' | 'kakao';

/** What ties a message to the run that sent it, as far as the message itself carries it. */
export interface Origin {
  readonly applicationId?: string;
  readonly campaignId?: string;
  readonly activityId?: string;
  readonly treatmentId?: string;
  /** Ours, not the provider's. */
  readonly messageId?: string;
  readonly endpointId?: string;
  readonly userId?: string;
}

/** A message as a provider took it. */
export interface NewMessage extends Origin {
  readonly channel: Channel;
  /** Pinpoint's ChannelType: GCM, APNS, EMAIL, SMS, … */
  readonly channelType: string;
  /** Token, e-mail address (several joined by `, `) or phone number. */
  readonly to: string;
  readonly from?: string;
  /** Title of a push, subject of an e-mail. */
  readonly title?: string;
  /** Text of a push or SMS, text part of an e-mail. */
  readonly body: string;
  readonly html?: string;
  readonly image?: string;
  readonly icon?: string;
  /** Where a tap leads; without one it opens the app. */
  readonly url?: string;
  /** The push payload's data, nested names joined by dots. */
  readonly data?: Readonly<Record<string, string>>;
  /** The push payload as the phone gets it. */
  readonly payload?: unknown;
  /** SES message tags or the SMS context. */
  readonly context: Readonly<Record<string, string>>;
  readonly providerMessageId: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly replyTo?: readonly string[];
  readonly cc?: readonly string[];
  readonly bcc?: readonly string[];
  readonly configurationSet?: string;
  /** SMS: PROMOTIONAL or TRANSACTIONAL. */
  readonly messageType?: string;
}

/** One row of the outbox. */
export interface Message extends NewMessage {
  /** Counts up from 1. */
  readonly id: string;
  /** When it was taken, by the local clock: ISO 8601, milliseconds. */
  readonly at: string;
}

/** What a recipient, or the way to them, can do with a message. */
export const ACTIONS = ['deliver', 'open', 'click', 'bounce', 'complaint', 'stop'] as const;
export type Action = (typeof ACTIONS)[number];

/** When each action happened first: ISO 8601. */
export type Activity = Readonly<Partial<Record<Action, string>>>;

const PLAYABLE: Readonly<Record<Channel, readonly Action[]>> = {
  push: ['open'],
  email: ['deliver', 'open', 'click', 'bounce', 'complaint', 'stop'],
  sms: ['deliver', 'bounce', 'stop'],
  kakao: [],
};

/** What can be played on a channel; nothing comes back from a push but the app's own event. */
export const playable = (channel: Channel): readonly Action[] => PLAYABLE[channel];

/** Whether an e-mail address is one of those that play a role by their name: `bounce@…`, `bounce+7@…`, `bounce-7@…`. */
export const playsRole = (address: string, role: string): boolean =>
  address.startsWith(role) && /^[@+-]/.test(address.slice(role.length));

const decoded = (value: string | undefined): string | undefined =>
  value === undefined ? undefined : Buffer.from(value, 'base64url').toString('utf8');

const ORIGIN_KEYS = {
  applicationId: 'application_id',
  campaignId: 'campaign_id',
  activityId: 'activity_id',
  treatmentId: 'treatment_id',
  messageId: 'message_id',
} as const;

const present = (values: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(Object.entries(values).flatMap(([key, value]) => (value ? [[key, value]] : [])));

/** A long value comes in pieces: `endpoint`, `endpoint_2`, … */
function joined(context: Readonly<Record<string, string>>, name: string): string | undefined {
  if (context[name] === undefined) return undefined;
  let text = '';
  for (
    let piece: string | undefined = context[name], at = 2;
    piece !== undefined;
    piece = context[`${name}_${at++}`]
  )
    text += piece;
  return text;
}

/** The origin told by e-mail tags or an SMS context; endpoint and user are base64url there. */
export const originOfContext = (context: Readonly<Record<string, string>>): Origin =>
  present({
    ...Object.fromEntries(Object.entries(ORIGIN_KEYS).map(([key, name]) => [key, context[name]])),
    endpointId: decoded(joined(context, 'endpoint')) ?? context['endpoint_id'],
    userId: decoded(joined(context, 'user')),
  });

/** `push:<userId>:<8 hex of the token's hash>`, as the marketing layer names push endpoints. */
const PUSH_ENDPOINT = /^push:(.+):[0-9a-f]{8}$/s;

/**
 * The origin told by the data of a push payload. An app knows who is signed in; the outbox learns it from the payload,
 * or from the name of the endpoint.
 */
export const originOfPush = (data: Readonly<Record<string, string>>): Origin =>
  present({
    campaignId: data['pinpoint.campaign.campaign_id'],
    activityId: data['pinpoint.campaign.campaign_activity_id'],
    treatmentId: data['pinpoint.campaign.treatment_id'],
    messageId: data['pinpoint.message_id'],
    endpointId: data['pinpoint.endpoint_id'],
    userId:
      data['pinpoint.user_id'] ??
      data['user_id'] ??
      PUSH_ENDPOINT.exec(data['pinpoint.endpoint_id'] ?? '')?.[1],
  });
