import type { QueueSender } from '../shared/queue-sender.ts';
import type { Resolution, ResolutionMessage } from './resolution.ts';
import type { Row } from './resolve/judge-row.ts';
import type { Segment } from './segment.ts';

export interface SegmentPage {
  readonly segments: readonly Segment[];
  /** Name to go on after; absent on the last page. */
  readonly after?: string;
}

export interface SegmentStore {
  find(name: string): Promise<Segment | undefined>;
  /** One version, the current or an old one. */
  findVersion(name: string, version: number): Promise<Segment | undefined>;
  /**
   * Writes the version after `replacing` (undefined: the first), and ends what is announced of it. Throws `conflict` when somebody else
   * was faster, or when what `announcedBy` announced stands no more.
   */
  save(segment: Segment, replacing: Segment | undefined, announcedBy?: string): Promise<void>;
  /** In the order of their names. */
  list(limit: number, after?: string): Promise<SegmentPage>;
  names(): Promise<string[]>;
}

/** What a segment is about to name, for whoever walks from segment to segment meanwhile. */
export interface Announced {
  readonly names: readonly string[];
  /** Whose it is: one request's. */
  readonly by: string;
  /** ISO 8601; after it the request has died. */
  readonly until: string;
}

/** Names of the segments that a segment's rule names. */
export interface Naming {
  readonly names: readonly string[];
  readonly announced?: Announced;
}

/** Which segments name which, as that is and as it is about to be. Whatever was written before is read. */
export interface Namings {
  of(name: string): Promise<Naming | undefined>;
  /** False when the segment is of another version by now, or somebody else's announcement stands (`now`: epoch ms). */
  announce(of: Pick<Segment, 'name' | 'version'>, announced: Announced, now: number): Promise<boolean>;
  /** Takes back what `by` announced; nothing when that stands no more. */
  withdraw(name: string, by: string): Promise<void>;
}

/** A resolution as it was read; `revision` grows with each write. */
export interface StoredResolution {
  readonly resolution: Resolution;
  readonly revision: number;
}

export interface ResolutionStore {
  get(segment: string, id: string): Promise<StoredResolution | undefined>;
  /** Writes a new one; undefined when there is one with this id already. */
  create(resolution: Resolution): Promise<StoredResolution | undefined>;
  /** Replaces it as it was read; undefined when it was written since. */
  replace(stored: StoredResolution, next: Resolution): Promise<StoredResolution | undefined>;
  /** The last `limit`, newest first. */
  latest(segment: string, limit: number): Promise<Resolution[]>;
  /** Those asked for from minute to minute (`minuteOf`, both inclusive), oldest first; `after` is the id to go on after. */
  between(
    segment: string,
    span: { readonly from: string; readonly to: string },
    page: { readonly limit: number; readonly after?: string },
  ): Promise<readonly Resolution[]>;
  /** The id that the asker got before. */
  answerTo(segment: string, asker: string): Promise<string | undefined>;
  /** Remembers for some days what the asker got; answers what is remembered, which is the first. */
  rememberAnswer(segment: string, asker: string, id: string, now: number): Promise<string>;
}

export type { ResolutionMessage } from './resolution.ts';
export type ResolutionQueue = QueueSender<ResolutionMessage>;

export interface MemberScan {
  /** Part `part` (from 0) of `parts` of all members, page by page, with the named attributes; the parts together are everyone, once. */
  scan(asked: {
    readonly part: number;
    readonly parts: number;
    readonly attributes: readonly string[];
  }): AsyncIterable<readonly Row[]>;
}

/** Uploaded lists. */
export interface ListedMembers {
  /** userIds on the list. Throws `not_found` when there is no such list (any more). */
  of(list: string): Promise<ReadonlySet<string>>;
}

/**
 * userIds of people who asked to be erased and are not back. Their rows stay for a moment, their events in the lake until its days
 * are closed (docs/adr/0008-erasure-rewrites-the-lakes-files.md), but nothing may name them any more.
 */
export type Gone = () => Promise<readonly string[]>;

/** Rows of the Glue table `segment_bits`. */
export interface Bits {
  /** `lines`: JSON, one row a line. */
  writePart(partition: string, part: string, lines: string): Promise<void>;
}

/** Lists of import lines (one JSON document a line) in S3. */
export interface ListStore {
  url(prefix: string): string;
  writePart(prefix: string, part: string, lines: string): Promise<void>;
  /** Lines under a prefix, in gzip files or plain ones. */
  countLines(prefix: string): Promise<number>;
}

export type { Queries, QueryState } from '../shared/queries.ts';
export type { Time } from '../shared/time.ts';
