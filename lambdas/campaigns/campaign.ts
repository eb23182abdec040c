import type { AddressKind } from './addressed.ts';
import type { Channel, ChosenVariant, Variant, WinnerRule } from './content.ts';
import type { Caps } from './policy/caps.ts';
import type { Schedule } from './schedule/schedule.ts';
import type { SendState } from './sends/send-state.ts';

/** What of the advertising rules a campaign carries with it (spec §4). */
export interface CampaignPolicy {
  /** Whether the message is labelled `(광고)`. */
  readonly label: boolean;
  /** Frozen when the campaign was created or edited last. */
  readonly optOutText?: string;
  /** The opt-out text is the campaign's own: an edit does not take over the deployment's. */
  readonly ownOptOutText?: true;
  /** Members without night consent: wait for the morning, or are left out. */
  readonly night: 'hold' | 'drop';
  /** Its own, in place of the deployment's; `{}` caps nothing. */
  readonly caps?: Caps;
}

/** What is said, to whom and when: the part that an edit changes. */
export interface Definition {
  readonly name: string;
  readonly segment: string;
  readonly channel: Channel;
  readonly purpose: 'advertising' | 'informational';
  /** 1 to 11. */
  readonly variants: readonly Variant[];
  /** Basis points of the audience that get nothing. */
  readonly holdout: number;
  readonly winner?: WinnerRule;
  readonly schedule: Schedule;
  /** Messages a minute; absent: the deployment's default; 0: as fast as possible. */
  readonly ratePerMinute?: number;
  readonly policy: CampaignPolicy;
  /** A member without a value that the texts name: is left out, or gets `defaults`. */
  readonly missing: 'skip' | 'default';
  /** By variable as it is written in the texts. */
  readonly defaults: Readonly<Record<string, string>>;
  readonly coupon?: { readonly pool: string };
  /** Channels `webhook` and `custom`: Pinpoint's DeliveryUri, an https address or a function's name. */
  readonly deliveryUri?: string;
  /** Whose endpoints it is told of; absent: those of all addresses. */
  readonly deliveryTo?: readonly AddressKind[];
}

/** What was decided about a campaign; the state it is listed under also looks at its sends. */
export const STATUSES = [
  'draft',
  'scheduled',
  'stopped',
  'recurring',
  'paused',
  'cancelled',
  'completed',
] as const;
export type CampaignStatus = (typeof STATUSES)[number];

/** What people do to a campaign. */
export type Doing =
  | 'created'
  | 'cloned'
  | 'edited'
  | 'started'
  | 'paused'
  | 'resumed'
  | 'cancelled'
  | 'approved';

/** One send as its campaign's row knows it: enough to list the campaign. */
export interface SendSummary {
  readonly id: string;
  readonly state: SendState;
  readonly scheduledFor: string;
  /** Messages that were tried, and those of them that were accepted. */
  readonly messages: number;
  readonly sent: number;
  /** When it reached its final state. */
  readonly endedAt?: string;
}

/** Times are ISO 8601, UTC. */
export interface Campaign extends Definition {
  readonly id: string;
  /** Grows with each edit. */
  readonly version: number;
  /** Grows with each write of the row; what a conditional write expects. */
  readonly revision: number;
  readonly status: CampaignStatus;
  /** Later sends get it. */
  readonly chosen?: ChosenVariant;
  /** Local date that the cycle's counting starts from. */
  readonly anchor?: string;
  /** The occurrence whose send is not opened yet; absent when nothing more is to come. */
  readonly next?: { readonly at: string };
  /** When the tick looks at the row; absent when nothing is left to do. */
  readonly dueAt?: string;
  /** Sends that are not final, by id: one is added by the write that moves `next` past it. */
  readonly open: Readonly<Record<string, SendSummary>>;
  /** The latest of the sends that ended, and what all of them come to. */
  readonly last?: SendSummary;
  readonly done: { readonly sends: number; readonly messages: number; readonly sent: number };
  readonly createdAt: string;
  readonly createdBy: string;
  /** What somebody did to it last; `seq` counts, and what was done before lies beside the row. */
  readonly change: {
    readonly seq: number;
    readonly what: Doing;
    readonly of?: string;
    readonly why?: string;
  };
  readonly changedAt: string;
  readonly changedBy: string;
  /** Stands for what was asked for when it was created: tells a repeated request from another with the same key. */
  readonly asked?: string;
}

/** What lists and the calendar show of a campaign; all of it lies in their index. */
export interface CampaignLine
  extends Pick<
    Campaign,
    | 'id'
    | 'name'
    | 'segment'
    | 'channel'
    | 'purpose'
    | 'status'
    | 'schedule'
    | 'ratePerMinute'
    | 'anchor'
    | 'next'
    | 'open'
    | 'last'
    | 'done'
    | 'createdAt'
    | 'changedAt'
  > {}

/** States a campaign is listed by (spec §4). */
export const CAMPAIGN_STATES = [
  'draft',
  'scheduled',
  'stopped',
  'recurring',
  'sending',
  'paused',
  'held',
  'completed',
  'cancelled',
  'failed',
] as const;
export type CampaignState = (typeof CAMPAIGN_STATES)[number];
