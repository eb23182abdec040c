/** Partitions of `events_raw`, and when one is closed. Pure. */
import { dayOf, dayText, HOUR_MS } from '../time.ts';

/** Where rows lie: `filed=<filed>/day=<day>` (docs/adr/0001). */
export interface Partition {
  readonly filed: 'occurred' | 'received';
  /** `YYYY-MM-DD`, UTC. */
  readonly day: string;
}

/** One line of `compactions`: a writing of a partition. */
export interface Compaction extends Partition {
  readonly version: string;
  /** From this moment on its rows count, and those of no other writing: UTC, `YYYY-MM-DD HH:MM:SS.mmm`. */
  readonly counts_from: string;
}

/** Longer than any query takes from its first look at `compactions` to its last. */
export const NOTICE_MS = 10 * 60_000;

/** The last writing of a partition, whether or not its moment has come. */
export const lastOf = (lines: readonly Compaction[], partition: Partition): Compaction | undefined =>
  lines
    .filter((line) => samePartition(line, partition))
    .sort((a, b) => (a.counts_from < b.counts_from ? 1 : -1))[0];

/**
 * UTC days that have passed since a partition's own when nothing is filed there any more: an event is filed by its own
 * day for seven days (`filingOf`), and the stream may lag by one more.
 */
const CLOSED_AFTER_DAYS = { occurred: 9, received: 2 } as const;

export const isClosed = ({ filed, day }: Partition, now: number): boolean =>
  day <= dayText(dayOf(now) - CLOSED_AFTER_DAYS[filed]);

/** The first day that is not closed by occurrence, `YYYY-MM-DD`. */
export const firstOpenDay = (now: number): string => dayText(dayOf(now) - CLOSED_AFTER_DAYS.occurred + 1);

export const samePartition = (a: Partition, b: Partition): boolean => a.filed === b.filed && a.day === b.day;

const RAW = 'events/';
const COMPACTED = 'events_compacted/';

const folder = ({ filed, day }: Partition): string => `filed=${filed}/day=${day}/`;

/** Prefix of a raw partition's files, below the bucket. */
export const rawPrefix = (partition: Partition): string => `${RAW}${folder(partition)}`;
/** Prefix of all the writings of a compacted partition. */
export const compactedPrefix = (partition: Partition): string => `${COMPACTED}${folder(partition)}`;
export const versionPrefix = (partition: Partition, version: string): string =>
  `${compactedPrefix(partition)}${version}/`;

/** The partition that a raw file lies in. */
export const partitionOf = (key: string): Partition | undefined => partitionUnder(RAW, key);
/** The partition that a file of a writing lies in. */
export const compactedPartitionOf = (key: string): Partition | undefined => partitionUnder(COMPACTED, key);

function partitionUnder(root: string, key: string): Partition | undefined {
  if (!key.startsWith(root)) return undefined;
  const [, filed, day] =
    /^filed=(occurred|received)\/day=(\d{4}-\d\d-\d\d)\//.exec(key.slice(root.length)) ?? [];
  return (filed === 'occurred' || filed === 'received') && day ? { filed, day } : undefined;
}

/** The raw files that a writing took in; Athena reads nothing whose name begins so. */
export const inputsKey = (partition: Partition, version: string): string =>
  `${versionPrefix(partition, version)}_inputs.json`;

/** A version tells when it was begun, and no two attempts share one. */
export const versionOf = (startedMs: number, attempt: string): string => `${startedMs}-${attempt}`;

/** Longer than any query runs. */
const LONGEST_QUERY_MS = HOUR_MS;

/** Whether nobody reads any more what a writing replaced. */
export const hasSettled = ({ counts_from: from }: Compaction, now: number): boolean =>
  Date.parse(`${from.replace(' ', 'T')}Z`) + LONGEST_QUERY_MS < now;

/** Whether the file of a writing that no line names is left over from a worker that died. */
export function isAbandoned(partition: Partition, key: string, now: number): boolean {
  const startedMs = Number.parseInt(key.slice(compactedPrefix(partition).length), 10);
  return !(startedMs + LONGEST_QUERY_MS >= now);
}
