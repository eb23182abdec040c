import type { Campaign, CampaignLine, CampaignState } from './campaign.ts';

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

export interface FoundSegment {
  readonly name: string;
  /** Members when its current version was last resolved. */
  readonly lastSize?: { readonly members: number; readonly at: string };
}

/** Throws `not_found` with the nearest names for an unknown segment. */
export interface SegmentFinder {
  find(name: string): Promise<FoundSegment>;
}
