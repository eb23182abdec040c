/** A member as it is kept (spec §2). */

/** Text (dates are ISO 8601 text), number, truth, or a list of texts. */
export type AttributeValue = string | number | boolean | readonly string[];

export interface PushToken {
  readonly platform: 'FCM' | 'APNS';
  readonly token: string;
}

export const CONSENT_CHANNELS = ['push', 'email', 'sms', 'kakao'] as const;
export type ConsentChannel = (typeof CONSENT_CHANNELS)[number];
export const CONSENT_PURPOSES = ['advertising', 'night'] as const;
export type ConsentPurpose = (typeof CONSENT_PURPOSES)[number];

export interface Consent {
  readonly granted: boolean;
  /** ISO 8601, UTC: when it was given or withdrawn. */
  readonly at: string;
  /** How, in the sender's words. */
  readonly how: string;
}

export type Consents = {
  readonly [channel in ConsentChannel]?: { readonly [purpose in ConsentPurpose]?: Consent };
};

/** The fields of a profile that hold one text each. */
export const TEXT_FIELDS = ['name', 'email', 'phone', 'kakaoId', 'locale', 'timeZone'] as const;
export type TextField = (typeof TEXT_FIELDS)[number];
export type Texts = { readonly [field in TextField]?: string };

/** What the engine may still hold of a member and must be told has gone. */
export interface Retired {
  readonly endpoints: readonly { readonly id: string; readonly channel: EndpointChannel }[];
  /** Names of user attributes. */
  readonly attributes: readonly string[];
}

/** Pinpoint's names of the channels that members have endpoints on. */
export type EndpointChannel = 'EMAIL' | 'SMS' | 'GCM' | 'APNS' | 'CUSTOM';

export interface Member {
  readonly userId: string;
  /** Grows by one with each write. */
  readonly version: number;
  readonly texts: Texts;
  readonly pushTokens: readonly PushToken[];
  readonly attributes: Readonly<Record<string, AttributeValue>>;
  readonly consents: Consents;
  readonly retired: Retired;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly updatedAt: string;
}
