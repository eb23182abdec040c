/** Partitions of the lake's tables, and when one is closed. Pure. */
import { dayOf, dayText, HOUR_MS } from '../time.ts';
import type { CompactedTable, Derived, Partition } from './compacted-table.ts';

export type { Partition };

/** One line of a table's compactions: a writing of a partition. */
export interface Compaction extends Partition {
  readonly version: string;
  /** From this moment on its rows count, and those of no other writing: UTC, `YYYY-MM-DD HH:MM:SS.mmm`. */
  readonly counts_from: string;
}

/** Longer than any query takes from its first look at the compactions to its last. */
export const NOTICE_MS = 10 * 60_000;

/** The last writing of a partition, whether or not its moment has come. */
export const lastOf = (lines: readonly Compaction[], partition: Partition): Compaction | undefined =>
  lines
    .filter((line) => samePartition(line, partition))
    .sort((a, b) => (a.counts_from < b.counts_from ? 1 : -1))[0];

export const isClosed = (table: CompactedTable, partition: Partition, now: number): boolean =>
  partition.day < firstOpenDay(table, partition, now);

/** The first day that is not closed of those filed as the partition is, `YYYY-MM-DD`. */
const firstOpenDay = (table: CompactedTable, partition: Partition, now: number): string =>
  dayText(dayOf(now) - table.closedAfterDays(partition) + 1);

export const samePartition = (a: Partition, b: Partition): boolean => a.filed === b.filed && a.day === b.day;

const folder = ({ filed, day }: Partition): string => `${filed ? `filed=${filed}/` : ''}day=${day}/`;

/** What tells a partition from others of its table; they sort by day. */
export const partitionName = ({ filed, day }: Partition): string => (filed ? `${day} ${filed}` : day);

/** Prefix of a raw partition's files, below the bucket. */
export const rawPrefix = (table: CompactedTable, partition: Partition): string =>
  `${table.raw}${folder(partition)}`;
/** Prefix of all the writings of a compacted partition. */
export const compactedPrefix = (table: CompactedTable, partition: Partition): string =>
  `${table.compacted}${folder(partition)}`;
export const versionPrefix = (table: CompactedTable, partition: Partition, version: string): string =>
  `${compactedPrefix(table, partition)}${version}/`;

/** Prefix of what is kept of the writings of a day beside their rows. */
export const derivedPrefix = ({ folder }: Derived, { day }: Partition): string => `${folder}day=${day}/`;
/** Where writings of a partition lie, each under `<version>/`. What is made of rows goes before them: while it is there, so are they. */
export const writingPrefixes = (table: CompactedTable, partition: Partition): readonly string[] => [
  ...table.derived(partition).map((derived) => derivedPrefix(derived, partition)),
  compactedPrefix(table, partition),
];

/** The partition that a raw file lies in. */
export const partitionOf = (table: CompactedTable, key: string): Partition | undefined =>
  partitionUnder(table.raw, key);
/** The partition that a file of a writing lies in. */
export const compactedPartitionOf = (table: CompactedTable, key: string): Partition | undefined =>
  partitionUnder(table.compacted, key);

function partitionUnder(root: string, key: string): Partition | undefined {
  if (!key.startsWith(root)) return undefined;
  const [, filed, day] =
    /^(?:filed=(occurred|received)\/)?day=(\d{4}-\d\d-\d\d)\//.exec(key.slice(root.length)) ?? [];
  if (!day) return undefined;
  return filed === 'occurred' || filed === 'received' ? { filed, day } : { day };
}

/** The raw files that a writing took in; Athena reads nothing whose name begins so. */
export const inputsKey = (table: CompactedTable, partition: Partition, version: string): string =>
  `${versionPrefix(table, partition, version)}_inputs.json`;

/** A version tells when it was begun, and no two attempts share one. */
export const versionOf = (startedMs: number, attempt: string): string => `${startedMs}-${attempt}`;

/** Longer than any query runs. */
const LONGEST_QUERY_MS = HOUR_MS;

/** Whether nobody reads any more what a writing replaced. */
export const hasSettled = ({ counts_from: from }: Compaction, now: number): boolean =>
  Date.parse(`${from.replace(' ', 'T')}Z`) + LONGEST_QUERY_MS < now;

/** Whether a writing that no line names is left over from a worker that died. */
export const isAbandoned = (version: string, now: number): boolean =>
  !(Number.parseInt(version, 10) + LONGEST_QUERY_MS >= now);
