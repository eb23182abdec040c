import type { QueueSender } from '../../shared/queue-sender.ts';
import type { List } from './list.ts';
import type { Row } from './read-upload.ts';

/** A list as it was read; `revision` grows with each write. */
export interface StoredList {
  readonly list: List;
  readonly revision: number;
}

/** Lists, and who is on them. */
export interface Lists {
  find(id: string): Promise<StoredList | undefined>;
  /** Writes a new one; undefined when there is one with this id already. */
  create(list: List): Promise<StoredList | undefined>;
  /** Replaces it as it was read; undefined when it was written since. */
  replace(stored: StoredList, next: List): Promise<StoredList | undefined>;
  /** All of them, in no order. */
  all(): Promise<StoredList[]>;
  /** Writes who is on it, instead of what was written before. */
  writeIds(list: List, userIds: Iterable<string>): Promise<void>;
  /** Who is on it, page by page. */
  ids(id: string): AsyncIterable<readonly string[]>;
  /** Those of the userIds that are on it. */
  having(list: List, userIds: readonly string[]): Promise<string[]>;
  /** Takes somebody off it, once; the list counts one less. */
  takeOff(list: List, userId: string): Promise<void>;
  /** Removes it and who was on it. */
  remove(list: List): Promise<void>;
}

/** A row that is of nobody: part of the upload (from 1), line, value, why. */
export type Unmatched = readonly [part: number, line: number, value: string, reason: string];

/** Personal data of nobody we know lies only where everything expires. */
export interface ListFiles {
  writePart(list: string, part: string, rows: readonly Row[]): Promise<void>;
  /** Throws `not_found` when it has expired. */
  readPart(list: string, part: string): Promise<readonly Row[]>;
  writeUnmatched(list: string, file: number, rows: readonly Unmatched[]): Promise<void>;
  /** Undefined when it has expired. */
  readUnmatched(list: string, file: number): Promise<readonly Unmatched[] | undefined>;
  /** Removes the parts, or all there is of a list. */
  remove(list: string, what: 'parts' | 'all'): Promise<void>;
}

/** Who has an address, and who is known. */
export interface People {
  /** Part `part` (from 0) of `parts` of all members with their address; the parts together are everyone, once. */
  addresses(
    kind: 'email' | 'phone',
    part: number,
    parts: number,
  ): AsyncIterable<readonly { readonly userId: string; readonly address: string }[]>;
  /** Those of the userIds that are members, or that events have named. */
  known(userIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** Those of the userIds that are members. */
  members(userIds: readonly string[]): Promise<ReadonlySet<string>>;
  /** userIds of people who asked to be erased and are not wholly gone. */
  erased(): Promise<readonly string[]>;
}

export interface MatchMessage {
  readonly id: string;
}
export type MatchQueue = QueueSender<MatchMessage>;
