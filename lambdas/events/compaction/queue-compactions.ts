import type { Ctx } from '../../shared/context.ts';
import { DAY_MS, dayOf, dayText } from '../time.ts';
import type { CompactedTable, TableName } from './compacted-table.ts';
import {
  compactedPartitionOf,
  isClosed,
  lastOf,
  type Partition,
  partitionName,
  partitionOf,
  versionPrefix,
  writingPrefixes,
} from './partition.ts';
import type { CompactionQueue, CompactionStore, CompactRequest, LakeFiles } from './ports.ts';
import { TABLES } from './tables.ts';

export interface QueueCompactionsDeps {
  readonly compactions: CompactionStore;
  readonly files: LakeFiles;
  readonly queue: CompactionQueue;
  /** Rows older than this go (spec §1, "Retention"). */
  readonly retentionDays: Readonly<Record<TableName, number>>;
}

/**
 * The nightly look over the lake: drops compacted days beyond the retention, and asks for the compaction of each closed
 * partition that has raw files to be taken in, or anything that nobody reads any more.
 */
export async function queueCompactions(
  deps: QueueCompactionsDeps,
  ctx: Ctx,
): Promise<readonly CompactRequest[]> {
  const queued: CompactRequest[] = [];
  for (const table of Object.values(TABLES)) {
    await dropExpired(deps, table, ctx.now);
    for (const partition of await wantedOf(deps, table, ctx.now)) {
      const request = { table: table.name, ...partition };
      await deps.queue.send(request);
      queued.push(request);
    }
  }
  return queued;
}

/** The oldest first: what counts of a day is weighed against the days before it. */
async function wantedOf(
  { compactions, files }: QueueCompactionsDeps,
  table: CompactedTable,
  now: number,
): Promise<Partition[]> {
  const { lines } = await compactions.read(table);
  const wanted = new Map<string, Partition>();
  const want = (partition: Partition) => wanted.set(partitionName(partition), partition);
  for await (const key of files.list(table.raw)) {
    const partition = partitionOf(table, key);
    if (partition && isClosed(table, partition, now)) want(partition);
  }
  for await (const key of files.list(table.compacted)) {
    const partition = compactedPartitionOf(table, key);
    if (!partition) continue;
    const { version } = lastOf(lines, partition) ?? {};
    if (version === undefined || !key.startsWith(versionPrefix(table, partition, version))) want(partition);
  }
  return [...wanted].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, partition]) => partition);
}

/** The lines go first: a reader never looks for files that are gone. */
async function dropExpired(
  { compactions, files, retentionDays }: QueueCompactionsDeps,
  table: CompactedTable,
  now: number,
): Promise<void> {
  const oldest = dayText(dayOf(now - retentionDays[table.name] * DAY_MS));
  const read = await compactions.read(table);
  const expired = read.lines.filter(({ day }) => day < oldest);
  if (expired.length === 0) return;
  const kept = read.lines.filter(({ day }) => day >= oldest);
  // Whoever writes at this moment goes first; the next night drops the rest.
  if (!(await compactions.replace(table, read, kept))) return;
  for (const line of expired)
    for (const prefix of writingPrefixes(table, line)) await files.removeUnder(prefix);
}
