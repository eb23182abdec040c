/** What a campaign says, and in which variants: as stored, nothing left to guess. Pure. */

export const CHANNELS = ['push', 'email', 'sms', 'kakao', 'webhook', 'custom'] as const;
export type Channel = (typeof CHANNELS)[number];

/** A Kakao message's own parts, as its channel defines them. */
export type KakaoContent = Readonly<Record<string, unknown>>;

/** Texts may hold `{{…}}` and `#{…}`; addresses are https. */
export interface Content {
  readonly title?: string;
  readonly message?: string;
  readonly icon?: string;
  readonly image?: string;
  /** What tapping opens; absent: the app. */
  readonly link?: string;
  /** The body of an e-mail in its author's own HTML, in place of `message`. */
  readonly html?: string;
  /** A stored template; without a version, the active one when the send begins. */
  readonly template?: { readonly name: string; readonly version?: string };
  readonly kakao?: KakaoContent;
}

/** Shares are basis points (0.01 %) of the whole audience; variants and holdout together are 10,000. */
export const WHOLE = 10_000;

export interface Variant {
  /** '0'…'10' in order: Pinpoint's TreatmentId. */
  readonly id: string;
  readonly name: string;
  readonly weight: number;
  readonly content: Content;
}

export type WinnerMetric = 'opens' | 'clicks' | 'conversions' | 'revenue';

/** A test on a part of the audience decides what the rest, and later sends, get (spec §4). */
export interface WinnerRule {
  /** Basis points of the audience the test goes to. */
  readonly testShare: number;
  readonly metric: WinnerMetric;
  /** Delivered messages a variant needs before its figures count. */
  readonly minimumSample: number;
  /** Deadline of the decision, in minutes after the test went out. */
  readonly decideAfterMinutes: number;
  /** Who wins among equals, and when no variant has its minimum sample: the first, or the one with the largest weight. */
  readonly tie: 'first' | 'largest';
}

export interface ChosenVariant {
  readonly variantId: string;
  /** ISO 8601. */
  readonly at: string;
  readonly why: string;
}
