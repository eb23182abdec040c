/** Environment variables of the campaigns domain. */
export const CAMPAIGNS_ENV = {
  /** Campaigns and their sends; the GSI `due` holds what a tick must look at. */
  table: 'CAMPAIGNS_TABLE',
  /** Queue of sends to move one step on. */
  sendsQueueUrl: 'SENDS_QUEUE_URL',
  /** Role that the engine assumes to read resolved lists (CreateImportJob's RoleArn). */
  importRoleArn: 'IMPORT_ROLE_ARN',
  /** What the operator decided about sending, as JSON (lambdas/campaigns/sends/send-settings.ts). */
  sending: 'CAMPAIGN_SENDING',
} as const;

/** What judging campaigns at delivery needs beside the campaigns themselves. */
export const POLICY_ENV = {
  /** What the operator decided about advertising, as JSON (`policy` of the configuration). */
  policy: 'CAMPAIGN_POLICY',
  /** Which sends had a message for a member; one row a member. */
  contactsTable: 'CONTACTS_TABLE',
} as const;

/** The hook's entry; the function is named `repoint-<stage>-` before it. The engine may invoke it by this name. */
export const POLICY_FUNCTION = 'campaigns-policy';

export const COUPONS_ENV = {
  /** Coupon pools, their codes, and who was given which. */
  couponsTable: 'COUPONS_TABLE',
} as const;

export const PERSONALISATION_ENV = {
  /** What the operator decided about variables and amounts in texts, as JSON: `PersonalisationEnv`. */
  personalisation: 'CAMPAIGN_PERSONALISATION',
} as const;

export interface PersonalisationEnv {
  /** Attributes of members by what texts call them: `{ 등급: 'grade' }` makes `#{등급}`. */
  readonly attributeLabels: Readonly<Record<string, string>>;
  /** The shop's own, ISO 4217. */
  readonly currency: string;
  /** BCP 47: how amounts are written for members who have no locale. */
  readonly locale: string;
}

export const COSTS_ENV = {
  /** What the operator knows of prices, as JSON (`costs` of the configuration): `CostsEnv`. */
  costs: 'CAMPAIGN_COSTS',
} as const;

/** What has a price: a channel, or a kind of message on one. */
export const PRICE_KEYS = ['push', 'email', 'sms', 'kakaoNotice', 'kakaoBrand'] as const;
export type PriceKey = (typeof PRICE_KEYS)[number];

/** A price of a month's quantity: each tier holds from where the one before ends up to `upTo`, the last one for all beyond. */
export interface Price {
  readonly name: string;
  /** ISO 4217. */
  readonly currency: string;
  /** What is counted: an SMS has several parts. */
  readonly unit: 'message' | 'part';
  /** How many units a tier's price is for. */
  readonly per: number;
  readonly tiers: readonly { readonly upTo?: number; readonly price: number }[];
  readonly source: string;
  /** YYYY-MM-DD: when it was looked up. */
  readonly date: string;
  /** False: nobody has looked it up, or another contract counts. */
  readonly sure: boolean;
}

export interface CostsEnv {
  /** The deployment's, ISO 4217. */
  readonly currency: string;
  /** Prices of the operator's own contracts, in place of the list prices (lambdas/campaigns/estimate/prices.json). */
  readonly prices?: Readonly<Partial<Record<PriceKey, Price>>>;
  /** How much of each currency one US dollar is, as of `date` (YYYY-MM-DD). */
  readonly exchangeRates?: { readonly rates: Readonly<Record<string, number>>; readonly date: string };
}

/** Countries whose advertising law is known (lambdas/campaigns/policy/law/). */
export const COUNTRIES = ['KR'] as const;
export type Country = (typeof COUNTRIES)[number];
