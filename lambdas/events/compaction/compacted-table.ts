/** What the compaction has to know of a table. Types. */
import type { ErasedPerson } from './erased.ts';

export type TableName = 'events' | 'ledger';

/** Where rows lie: `filed=<filed>/day=<day>` of events (docs/adr/0001-raw-tables-filed-twice.md), `day=<day>` of other tables. */
export interface Partition {
  readonly filed?: 'occurred' | 'received';
  /** `YYYY-MM-DD`, UTC. */
  readonly day: string;
}

/** A table of the lake whose closed partitions are rewritten (docs/adr/0007-closed-days-are-rewritten.md, docs/adr/0013-the-ledger-is-compacted-too.md). */
export interface CompactedTable {
  readonly name: TableName;
  /** Folder of what Firehose files, below the bucket. */
  readonly raw: string;
  /** Folder of the writings. */
  readonly compacted: string;
  /** Key of the file that says which writings count, JSON lines. */
  readonly lines: string;
  /** UTC days that have passed since a partition's own when nothing is filed there any more. */
  closedAfterDays(partition: Partition): number;
  /** Whether what counts of a partition depends on what others' writings have: of two at once the second is weighed anew. */
  isWeighed(partition: Partition): boolean;
  /** Whether the first writing of a partition leaves everybody in it. */
  readonly masksLater: boolean;
  /** UTC days since a partition's own before anybody is masked in it. */
  readonly masksAfterDays: number;
  /** The UNLOAD that rewrites a partition. */
  statement(rewriting: Rewriting): string;
  /** What is kept of each writing of the partition beside its rows; it counts when the writing does. */
  derived(partition: Partition): readonly Derived[];
}

/** What is made of a writing's rows, of nothing else, and goes with them (docs/adr/0014-closed-days-keep-what-is-asked-for.md). */
export interface Derived {
  /** Folder of its table, below the bucket: rows lie under `day=…/<version>/`. */
  readonly folder: string;
  /** The UNLOAD that makes it, once the rows lie there; the target is empty. */
  statement(of: { readonly day: string; readonly version: string; readonly target: string }): string;
}

export interface Rewriting {
  readonly partition: Partition;
  /** The writing that counts so far, if there is one: its rows go before those of the raw files. */
  readonly previous: string | undefined;
  readonly version: string;
  /** `s3://bucket/prefix/`, empty. */
  readonly target: string;
  /** Whose rows are masked. */
  readonly erased: readonly ErasedPerson[];
}
