import type { ConsentChannel } from '../../members/index.ts';
import type { Reach } from './reach.ts';

/** What was found out about the members of a rule that no segment has. */
export interface PreviewReport {
  /** Members, counted. */
  readonly count: number;
  /** So many of them were judged, the same ones of the same list. */
  readonly judged: number;
  /** Of those that were judged. */
  readonly reach: Reach;
  /** userIds of up to ten of them. */
  readonly sample: readonly string[];
}

/** Reports in the work bucket: they hold userIds and expire with it. */
export interface PreviewReports {
  put(id: string, report: PreviewReport): Promise<void>;
  get(id: string): Promise<PreviewReport | undefined>;
}

/** What the engine would deliver to now. */
export interface LiveAddresses {
  /** Channels on which the member has an address that is neither inactive nor opted out. */
  of(userId: string): Promise<ReadonlySet<ConsentChannel>>;
}

export interface Names {
  /** Names by userId, of the members who have one. */
  of(userIds: readonly string[]): Promise<ReadonlyMap<string, string>>;
}
