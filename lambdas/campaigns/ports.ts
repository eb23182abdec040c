import type { Campaign, CampaignLine, CampaignState, Doing } from './campaign.ts';

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

/** What somebody did to a campaign; `seq` counts from 1, times are ISO 8601. */
export interface CampaignChange {
  readonly seq: number;
  readonly what: Doing;
  /** The campaign that a clone was made from. */
  readonly of?: string;
  /** In the words of who did it. */
  readonly why?: string;
  readonly at: string;
  readonly by: string;
  /** The version it left behind. */
  readonly version: number;
}

/** What was done to campaigns before their last change, which lies on their row. Kept for good. */
export interface ChangeStore {
  /** A change never changes: repeating it changes nothing. */
  keep(campaignId: string, change: CampaignChange): Promise<void>;
  /** Oldest first. */
  list(campaignId: string): Promise<CampaignChange[]>;
}

/** Another campaign that says the same to the same segment. */
export interface Likeness {
  readonly campaignId: string;
  /** When it was made or changed, or goes out; ISO 8601. */
  readonly at: string;
  /** When it goes out for the last time; ISO 8601. */
  readonly until: string;
}

/** Which campaigns say the same, for a warning: it may be forgotten a day after `until`. */
export interface LikenessStore {
  /** `print` stands for segment and message. */
  alike(print: string): Promise<Likeness[]>;
  remember(print: string, likeness: Likeness): Promise<void>;
}

export interface FoundSegment {
  readonly name: string;
  /** Members when its current version was last resolved. */
  readonly lastSize?: { readonly members: number; readonly at: string };
}

/** Throws `not_found` with the nearest names for an unknown segment. */
export interface SegmentFinder {
  find(name: string): Promise<FoundSegment>;
}
