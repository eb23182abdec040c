import type { Ctx } from '../../shared/context.ts';
import { DAY_MS, dayOf, dayText } from '../time.ts';
import {
  compactedPartitionOf,
  compactedPrefix,
  isClosed,
  lastOf,
  type Partition,
  partitionOf,
  versionPrefix,
} from './partition.ts';
import type { CompactionQueue, CompactionStore, LakeFiles } from './ports.ts';

export interface QueueCompactionsDeps {
  readonly compactions: CompactionStore;
  readonly files: LakeFiles;
  readonly queue: CompactionQueue;
  /** Events older than this go (spec §1, "Retention"). */
  readonly retentionDays: number;
}

/**
 * The nightly look over the lake: drops compacted days beyond the retention, and asks for the compaction of each closed
 * partition that has raw files to be taken in, or anything that nobody reads any more.
 */
export async function queueCompactions(deps: QueueCompactionsDeps, ctx: Ctx): Promise<readonly Partition[]> {
  await dropExpired(deps, ctx.now);
  const { lines } = await deps.compactions.read();
  const wanted = new Map<string, Partition>();
  const want = (partition: Partition) => wanted.set(`${partition.day} ${partition.filed}`, partition);
  for await (const key of deps.files.list('events/filed=')) {
    const partition = partitionOf(key);
    if (partition && isClosed(partition, ctx.now)) want(partition);
  }
  for await (const key of deps.files.list('events_compacted/filed=')) {
    const partition = compactedPartitionOf(key);
    if (!partition) continue;
    const { version } = lastOf(lines, partition) ?? {};
    if (version === undefined || !key.startsWith(versionPrefix(partition, version))) want(partition);
  }
  // The oldest first: a day's orders are weighed against those of the days before it.
  const ordered = [...wanted].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, partition]) => partition);
  for (const partition of ordered) await deps.queue.send(partition);
  return ordered;
}

/** The lines go first: a reader never looks for files that are gone. */
async function dropExpired(
  { compactions, files, retentionDays }: QueueCompactionsDeps,
  now: number,
): Promise<void> {
  const oldest = dayText(dayOf(now - retentionDays * DAY_MS));
  const read = await compactions.read();
  const expired = read.lines.filter(({ day }) => day < oldest);
  if (expired.length === 0) return;
  const kept = read.lines.filter(({ day }) => day >= oldest);
  // Whoever writes at this moment goes first; the next night drops the rest.
  if (!(await compactions.replace(read, kept))) return;
  for (const line of expired) {
    const keys: string[] = [];
    for await (const key of files.list(compactedPrefix(line))) keys.push(key);
    await files.remove(keys);
  }
}
