import type { Ctx } from '../shared/context.ts';
import type { QueueSender } from '../shared/queue-sender.ts';
import type { Campaign, CampaignLine, CampaignState } from './campaign.ts';
import type { Message } from './message.ts';
import type { Counts, Send } from './sends/send.ts';

/** Campaigns of one state, newest first. */
export interface ListQuery {
  readonly state: CampaignState;
  readonly limit: number;
  /** Mark that a page ended with; undefined begins. */
  readonly after?: string;
  /** A part of the name, whatever its case. */
  readonly q?: string;
}

export interface CampaignPage {
  readonly lines: readonly CampaignLine[];
  /** Mark to go on after; absent when all were looked at. With `q` a page may hold fewer than `limit` and still go on. */
  readonly after?: string;
}

export interface CampaignStore {
  /** Writes a new campaign; false when there is one with this id. From its `dueAt` on the tick looks at it. */
  create(campaign: Campaign): Promise<boolean>;
  get(id: string): Promise<Campaign | undefined>;
  /**
   * Writes the campaign on the condition that its row still has the `revision` it was read with; answers it with its new
   * revision, undefined when it was written since. Lists follow from this one write.
   */
  replace(next: Campaign): Promise<Campaign | undefined>;
  list(query: ListQuery): Promise<CampaignPage>;
}

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
  /** Replaces the send as it was read; undefined when it was written since. */
  replace(stored: StoredSend, next: Send): Promise<StoredSend | undefined>;
}

/** A row that a tick must look at: a campaign whose send is not opened, or a send. */
export interface DueRow {
  readonly campaignId: string;
  readonly sendId?: string;
  readonly dueAt: string;
}

export interface DueStore {
  /** Rows of one shard that are due at `now`, oldest first. The index lags: claim before acting. */
  due(shard: string, now: number, limit: number): Promise<DueRow[]>;
  /** Moves the row's moment to `until`; false when somebody else moved it. Answers the revision its message must carry. */
  claim(row: DueRow, until: number): Promise<false | { readonly revision?: number }>;
}

/** What lies on the queue `sends`. Without `sendId` the campaign's first send is to be opened. */
export interface SendMessage {
  readonly campaignId: string;
  readonly sendId?: string;
  /** The revision it is about: one that was written since makes the message void, so that each send has one chain of messages. */
  readonly revision?: number;
}
export type SendQueue = QueueSender<SendMessage>;

export type Resolved =
  | { readonly state: 'pending' }
  | { readonly state: 'ready'; readonly url: string; readonly members: number }
  | { readonly state: 'failed'; readonly reason: string };

export interface FoundSegment {
  readonly name: string;
  /** Members when its current version was last resolved. */
  readonly lastSize?: { readonly members: number; readonly at: string };
}

/** Throws `not_found` with the nearest names for an unknown segment. */
export interface SegmentFinder {
  find(name: string): Promise<FoundSegment>;
}

export interface SegmentResolver {
  /** Asks who is in it now; answers the id to look for with `resolution`. */
  resolve(ctx: Ctx, name: string, askedBy: string): Promise<string>;
  resolution(ctx: Ctx, name: string, id: string): Promise<Resolved>;
}

export type ImportState =
  | { readonly state: 'pending' }
  | { readonly state: 'completed'; readonly segmentId: string }
  | { readonly state: 'failed'; readonly reason: string };

export interface Progress {
  readonly state: 'pending' | 'completed' | 'failed';
  readonly reason?: string;
  readonly counts: Omit<Counts, 'asOf'>;
}

export interface PinpointProgress {
  progress(campaignId: string): Promise<Progress>;
}

/**
 * Campaigns over the Pinpoint API. Whatever is created twice with one `key` and the same content is created once.
 * Requests that Pinpoint refuses as wrong throw `unprocessable`: trying again would not help.
 */
export interface PinpointCampaigns extends PinpointProgress {
  /** Starts the import of a list as a segment; answers the job's id. */
  createImport(key: string, list: { readonly url: string; readonly segmentName: string }): Promise<string>;
  importJob(jobId: string): Promise<ImportState>;
  /** Sends the message to the imported segment at once; answers the campaign's id. */
  createCampaign(
    key: string,
    campaign: {
      readonly name: string;
      readonly segmentId: string;
      readonly message: Message;
      readonly tags: Readonly<Record<string, string>>;
    },
  ): Promise<string>;
}
