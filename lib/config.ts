import type { CostsEnv, Country } from '../lambdas/campaigns/env.ts';

/** What an operator decides about a deployment: the type of `repoint.config.ts`. */
export interface RepointConfig {
  /** AWS account id, 12 digits. */
  readonly account: string;
  /** AWS region, e.g. `ap-northeast-2`. */
  readonly region: string;
  /** Who may call the private API and the engine, as IPv4 or IPv6 CIDR blocks. An empty list does not synthesise. */
  readonly allowedCidrs: readonly string[];
  /** IANA time zone in which people read and schedule; `Asia/Seoul` if left out. */
  readonly timeZone?: string;
  /** Where alarms go; the address must confirm the subscription once. */
  readonly alarmEmail: string;
  readonly channels: ChannelsConfig;
  /** The public collector, for browsers and apps. */
  readonly collector?: Partial<CollectorConfig>;
  readonly retention?: Partial<RetentionConfig>;
  /** Advertising: its law, its notices, how often a member may be written to. */
  readonly policy?: Partial<PolicyConfig>;
  /** How campaigns are sent. */
  readonly sending?: Partial<SendingConfig>;
  /** Variables and amounts in the texts of messages. */
  readonly personalisation?: Partial<PersonalisationConfig>;
  /** What messages cost here: estimates tell it. */
  readonly costs?: Partial<CostsConfig>;
  /** Shards of each Kinesis stream (4 lanes fill 4 shards), or `on-demand` (the default). */
  readonly streamShards?: number | 'on-demand';
  /** One Athena query may scan this many gigabytes, then it is stopped; 100 if left out. */
  readonly athenaScanLimitGb?: number;
  /** Names of further roles in this account that a client may bring to CreateImportJob as RoleArn. */
  readonly importRoleNames?: readonly string[];
  /**
   * Who may get messages: addresses, `*@example.com`, `user:<userId>`, or `*` for everybody. If left out: everybody in
   * the stage `prod`, nobody in any other.
   */
  readonly recipients?: readonly string[];
  /** Names of functions in this account and region that campaigns may name as hook or for custom delivery. */
  readonly hookFunctionNames?: readonly string[];
}

export interface ChannelsConfig {
  /** Id of the AWS End User Messaging push application that holds the FCM and APNs credentials. */
  readonly push: { readonly applicationId: string };
  /** Sender of e-mail; its domain is a verified SES identity. */
  readonly email: { readonly fromAddress: string };
  /** Phone number id, sender id or pool id of AWS End User Messaging SMS. */
  readonly sms: { readonly originationIdentity: string };
  /** Where the provider of Kakao messages, or a bridge to one, takes them over https (docs/kakao-port.md); left out: no Kakao. */
  readonly kakao?: { readonly providerUrl: string };
}

export interface CollectorConfig {
  /** Origins whose pages may post events, e.g. `https://shop.example.com`; `*` (the default) is any page. */
  readonly allowedOrigins: readonly string[];
  readonly requestsPerSecond: number;
  readonly burst: number;
}

export interface PolicyConfig {
  /** Whose law of advertising holds (lambdas/campaigns/policy/law/); `KR` if left out. */
  readonly country: Country;
  /** Whether advertising carries the label of that law, `(광고)`; true if left out. */
  readonly label: boolean;
  /**
   * The last line of advertising by push and SMS, up to 30 characters, which tells how to refuse it: `무료수신거부 080-000-0000`.
   * Campaigns take it over when they are created or edited.
   */
  readonly optOutText?: string;
  /** Whether channels that the law exempts (Korea: e-mail) are sent at night too; false if left out. */
  readonly nightExemptions: boolean;
  /** What holds for campaigns without caps of their own; without any, nothing is counted. */
  readonly defaultCaps: CapsConfig;
  /** Whose messages the default caps count and limit: those of `all` campaigns (the default), or of `advertising` alone. */
  readonly cappedPurposes: 'all' | 'advertising';
}

/** The most messages a member gets in a calendar day of the own zone, and in seven of them. */
export interface CapLimitsConfig {
  readonly perDay?: number;
  readonly perWeek?: number;
}

export interface CapsConfig extends CapLimitsConfig {
  /** Beside those over all channels: `{ sms: { perDay: 1 } }`. */
  readonly channels?: Readonly<Partial<Record<CappedChannel, CapLimitsConfig>>>;
}

export const CAPPED_CHANNELS = ['push', 'email', 'sms', 'kakao', 'webhook', 'custom'] as const;
export type CappedChannel = (typeof CAPPED_CHANNELS)[number];

export interface SendingConfig {
  /** After an outage a send goes out if it is less than so many minutes late, else it is missed; 360 if left out. */
  readonly missedAfterMinutes: number;
  /** Messages a minute of campaigns that say nothing; left out: as fast as possible. */
  readonly ratePerMinute?: number;
  /** An audience three times as large as usual is held if it has so many members; 1 if left out: whatever its size. */
  readonly heldFromMembers?: number;
}

/** Amounts are in the deployment's currency (`costs.currency`). */
export interface PersonalisationConfig {
  /**
   * What texts call members' attributes: `{ 등급: 'grade' }` makes `#{등급}`. Names that Repoint has itself
   * (docs/personalisation.md) stay what they are.
   */
  readonly attributeLabels: Readonly<Record<string, string>>;
  /** How amounts are written for members who have no locale of their own, BCP 47; `ko-KR` if left out. */
  readonly locale: string;
}

/**
 * The deployment's currency (`KRW` if left out), and what is known better than the list prices and rates that come along
 * (lambdas/campaigns/estimate): prices of own contracts, and the exchange rates of a later day.
 */
export type CostsConfig = CostsEnv;

/** How long things are kept. */
export interface RetentionConfig {
  /** Events in the lake. */
  readonly eventsDays: number;
  /** Events that were not accepted, in quarantine. */
  readonly quarantineDays: number;
  /** The messages ledger in the lake. */
  readonly ledgerDays: number;
  /** Resolved lists, query results, run slices and imported lists. */
  readonly workDays: number;
  /** Logs of functions and APIs; a value CloudWatch knows: 1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731. */
  readonly logsDays: number;
  /** Records in Kinesis: how long a consumer may be broken before something is lost. 24 to 8760. */
  readonly streamHours: number;
}

/** A configuration that passed its checks, defaults filled in. */
export interface CheckedConfig {
  readonly account: string;
  readonly region: string;
  readonly allowedCidrs: readonly string[];
  readonly timeZone: string;
  readonly alarmEmail: string;
  readonly channels: ChannelsConfig;
  readonly collector: CollectorConfig;
  readonly retention: RetentionConfig;
  readonly policy: PolicyConfig;
  readonly sending: SendingConfig;
  readonly personalisation: PersonalisationConfig;
  readonly costs: CostsConfig;
  readonly streamShards: number | 'on-demand';
  readonly athenaScanLimitGb: number;
  readonly importRoleNames: readonly string[];
  readonly hookFunctionNames: readonly string[];
  /** Undefined: by the stage. */
  readonly recipients?: readonly string[];
}

export const CONFIG_DEFAULTS = {
  timeZone: 'Asia/Seoul',
  collector: { allowedOrigins: ['*'], requestsPerSecond: 500, burst: 1000 },
  retention: {
    eventsDays: 730,
    quarantineDays: 14,
    ledgerDays: 730,
    workDays: 14,
    logsDays: 90,
    streamHours: 72,
  },
  policy: { country: 'KR', label: true, nightExemptions: false, defaultCaps: {}, cappedPurposes: 'all' },
  sending: { missedAfterMinutes: 360 },
  personalisation: { attributeLabels: {}, locale: 'ko-KR' },
  costs: { currency: 'KRW' },
  streamShards: 'on-demand',
  athenaScanLimitGb: 100,
  importRoleNames: [],
  hookFunctionNames: [],
} as const;
