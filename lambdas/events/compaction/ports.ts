import type { QueueSender } from '../../shared/queue-sender.ts';
import type { CompactedTable, TableName } from './compacted-table.ts';
import type { ErasedPerson } from './erased.ts';
import type { Compaction, Partition } from './partition.ts';

export type { Queries } from '../../shared/queries.ts';
export type { Time } from '../../shared/time.ts';

/** The lines of a table's compactions as they were read; `revision` is undefined when there is no file yet. */
export interface Compactions {
  readonly lines: readonly Compaction[];
  readonly revision: string | undefined;
}

export interface CompactionStore {
  read(table: CompactedTable): Promise<Compactions>;
  /** Replaces the whole file at once; false when somebody else replaced it since it was read. */
  replace(table: CompactedTable, read: Compactions, lines: readonly Compaction[]): Promise<boolean>;
}

export interface LakeFiles {
  /** `s3://bucket/<prefix>`. */
  url(prefix: string): string;
  /** Keys below the bucket. */
  list(prefix: string): AsyncIterable<string>;
  /** What `write` wrote; undefined when there is no such file. */
  read(key: string): Promise<string | undefined>;
  write(key: string, text: string): Promise<void>;
  remove(keys: readonly string[]): Promise<void>;
  /** Removes all keys that begin so. */
  removeUnder(prefix: string): Promise<void>;
}

/** People who asked to be erased, and of whom something may still come or lie somewhere. */
export interface Erasures {
  erased(): Promise<readonly ErasedPerson[]>;
}

export interface CompactRequest extends Partition {
  readonly table: TableName;
  /** Rewrite it although nothing new lies in it: somebody was erased. */
  readonly anew?: boolean;
  /** Ids of the erasures of whom something was found there: they are masked before others, for a statement takes only so many. */
  readonly of?: readonly string[];
}

export type CompactionQueue = QueueSender<CompactRequest>;
