import type { WriteCampaignRequest } from '@aws-sdk/client-pinpoint';
import type { Ctx } from '../../shared/context.ts';
import type { QueueSender } from '../../shared/queue-sender.ts';
import type { Campaign } from '../campaign.ts';
import type { Says, Send, Tally } from './send.ts';

/** A send as it was read; `revision` grows with each write. */
export interface StoredSend {
  readonly send: Send;
  readonly revision: number;
}

export interface SendStore {
  /** Writes a new send; undefined when there is one with this id. */
  create(send: Send): Promise<StoredSend | undefined>;
  get(campaignId: string, sendId: string): Promise<StoredSend | undefined>;
  /** All sends of a campaign, oldest first. */
  list(campaignId: string): Promise<Send[]>;
  /** The last sends of a campaign, newest first. */
  latest(campaignId: string, limit: number): Promise<Send[]>;
  /** Replaces the send as it was read; undefined when it was written since. */
  replace(stored: StoredSend, next: Send): Promise<StoredSend | undefined>;
}

/** What campaigns say, and said in versions that were replaced. */
export interface VersionStore {
  /**
   * Keeps what the campaign says under its version: done before an edit replaces it. A version never changes, so that
   * repeating it changes nothing.
   */
  keep(campaign: Campaign): Promise<void>;
  /** The campaign's own version, or one that was kept. */
  get(campaignId: string, version: number): Promise<Says | undefined>;
}

/** A row that a tick must look at: a campaign whose next send is due, or a send. */
export interface DueRow {
  readonly campaignId: string;
  readonly sendId?: string;
  readonly dueAt: string;
}

export interface DueStore {
  /** Rows of one shard that are due at `now`, oldest first. The index lags: claim before acting. */
  due(shard: string, now: number, limit: number): Promise<DueRow[]>;
  /**
   * Moves the row's moment to `until`; false when somebody else moved it. Of a send it answers the revision that its
   * message must carry.
   */
  claim(row: DueRow, until: number): Promise<false | { readonly revision?: number }>;
}

/** What lies on the queue `sends`. Without `sendId` the campaign's due occurrences are to be opened. */
export interface SendMessage {
  readonly campaignId: string;
  readonly sendId?: string;
  /** The revision it is about: one that was written since makes the message void, so that each send has one chain of messages. */
  readonly revision?: number;
}
export type SendQueue = QueueSender<SendMessage>;

export type Resolved =
  | { readonly state: 'pending' }
  /** `byAthena`: members' rows alone did not tell. */
  | { readonly state: 'ready'; readonly url: string; readonly members: number; readonly byAthena?: true }
  /** `isLasting`: its rule is at fault, and asking again will not help. */
  | { readonly state: 'failed'; readonly reason: string; readonly isLasting?: boolean };

export interface SegmentResolver {
  /** Asks who is in it now; answers the id to look for with `resolution`. The same `askedBy` within a minute is one question. */
  resolve(ctx: Ctx, name: string, askedBy: string): Promise<string>;
  resolution(ctx: Ctx, name: string, id: string): Promise<Resolved>;
  /** Members in it whenever it was resolved before `before` (ISO 8601) as it is defined now, newest first; a few. */
  sizes(name: string, before: string): Promise<readonly number[]>;
}

/** What the texts of a send and the members of its list make of each other. Counts are in members. */
export interface AudienceVerdict {
  /** Members whose values were looked at: 0 when the texts show none of them. */
  readonly looked: number;
  /** Whether those were drawn from a larger audience: then the counts below are taken from them to all. */
  readonly sampled: boolean;
  /** Who lacks a value and gets its default, and who lacks one and is left out (spec §4, "Personalisation"). */
  readonly defaulted: number;
  readonly skipped: number;
  /** Limits that a message breaks after substitution. */
  readonly tooLong: readonly BrokenLimit[];
}

export interface BrokenLimit {
  /** The variant's id and the field: `0 title`. */
  readonly at: string;
  /** In words: the variant, the length, the limit, and whose message it is. */
  readonly why: string;
}

export interface AudienceCheck {
  /** Judges what is going to be sent to a list (prefix `s3://bucket/prefix/`). Bounded in time and memory for any list. */
  of(
    ctx: Ctx,
    says: Says,
    list: { readonly url: string; readonly members: number },
  ): Promise<AudienceVerdict>;
}

export type ImportState =
  | { readonly state: 'pending'; readonly lines: number }
  | { readonly state: 'completed'; readonly segmentId: string }
  | { readonly state: 'failed'; readonly reason: string };

/**
 * `waiting` was never let go, `paused` rests in the middle (`reason`: why); `gone` was deleted, and tells what came of it
 * before.
 */
export interface Progress {
  readonly state: 'waiting' | 'running' | 'paused' | 'completed' | 'failed' | 'gone';
  readonly reason?: string;
  readonly counts: Tally;
}

export interface PinpointProgress {
  progress(campaignId: string): Promise<Progress>;
}

/** What the engine is to do with a run. Without `ratePerMinute` it goes as fast as possible. */
export interface Steering {
  readonly rests: boolean;
  readonly ratePerMinute?: number;
}

export interface PinpointControls {
  /** Lets a run go on or rest, and sets its rate, within seconds; repeating it changes nothing. False when it is over or gone. */
  steer(campaignId: string, steering: Steering): Promise<boolean>;
  /** Takes a campaign away: whoever has no message yet gets none. One that is gone already stays so. */
  remove(campaignId: string): Promise<void>;
}

/**
 * Campaigns over the Pinpoint API. Whatever is created twice with one `key` and the same content is created once.
 * Requests that Pinpoint refuses as wrong throw `unprocessable`: trying again would not help.
 */
export interface PinpointCampaigns extends PinpointProgress, PinpointControls {
  /** Starts the import of a list as a segment; answers the job's id. */
  createImport(key: string, list: { readonly url: string; readonly segmentName: string }): Promise<string>;
  importJob(jobId: string): Promise<ImportState>;
  /** Makes a campaign; answers its id. */
  createCampaign(key: string, request: WriteCampaignRequest): Promise<string>;
}
