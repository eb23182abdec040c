import type { Ctx } from '../../shared/context.ts';
import { RepointError } from '../../shared/errors.ts';
import { finished } from '../../shared/finished-query.ts';
import { isLonger } from '../../shared/utf8.ts';
import { lakeTimestamp } from '../time.ts';
import type { CompactedTable } from './compacted-table.ts';
import { type ErasedPerson, inStatements, isMaskable, MOST_BYTES } from './erased.ts';
import {
  type Compaction,
  derivedPrefix,
  hasSettled,
  inputsKey,
  isAbandoned,
  isClosed,
  lastOf,
  NOTICE_MS,
  type Partition,
  rawPrefix,
  samePartition,
  versionOf,
  versionPrefix,
  writingPrefixes,
} from './partition.ts';
import type { CompactionStore, CompactRequest, Erasures, LakeFiles, Queries, Time } from './ports.ts';
import { TABLES } from './tables.ts';

export interface CompactDeps {
  readonly compactions: CompactionStore;
  readonly files: LakeFiles;
  readonly queries: Queries;
  readonly erasures: Erasures;
  readonly time: Time;
}

/**
 * Rewrites one closed partition into few files, each row once, and makes that writing the one that counts (docs/adr/0007-closed-days-are-rewritten.md).
 * Safe to repeat, to run twice at once and to die anywhere: a reader sees the partition as it was or as it is, and raw files
 * go only a run after the one that took them in. What comes into a partition after it was compacted is taken in by the next run.
 */
export async function compactPartition(deps: CompactDeps, ctx: Ctx, request: CompactRequest): Promise<void> {
  const table = TABLES[request.table];
  if (!isClosed(table, request, ctx.now)) return;
  for (
    let attempt = 1;
    (await rewritten(deps, ctx, table, request, attempt)) === 'weighed too early';
    attempt++
  );
}

/** What became of a writing: it counts (or none was needed), another of this day went before it, or one of another day did. */
type Outcome = 'done' | 'overtaken' | 'weighed too early';

async function rewritten(
  deps: CompactDeps,
  ctx: Ctx,
  table: CompactedTable,
  { filed, day, anew = false, of }: CompactRequest,
  attempt: number,
): Promise<Outcome> {
  const partition: Partition = filed ? { filed, day } : { day };
  const { lines } = await deps.compactions.read(table);
  const raw = await swept(deps, table, partition, lines, ctx.now);
  if (raw.every(({ taken }) => taken) && !anew) return 'done';
  const current = lastOf(lines, partition);
  // Athena answers a repeated target with the first query's outcome, and that writing is gone.
  const version = versionOf(ctx.now, `${ctx.requestId.replaceAll(/[^A-Za-z0-9-]/g, '')}-${attempt}`);
  const target = deps.files.url(versionPrefix(table, partition, version));
  const masksNobody = table.masksLater && current === undefined;
  const people = masksNobody ? [] : await deps.erasures.erased();
  const maskable = people.filter((person) => isMaskable(table, partition, person, ctx.now));
  const rewriting = { partition, previous: current?.version, version, target };
  const sql = maskingStatement(maskable, of, (erased) => table.statement({ ...rewriting, erased }));
  await finished(deps, ctx, await deps.queries.start(sql, target), 'compacts a partition');
  await deriveFrom(deps, ctx, table, partition, version);
  await deps.files.write(inputsKey(table, partition, version), JSON.stringify(raw.map(({ key }) => key)));
  const counts_from = lakeTimestamp(deps.time.now() + NOTICE_MS);
  const outcome = await named(deps, table, lines, { ...partition, version, counts_from });
  if (outcome !== 'done')
    for (const folder of writingPrefixes(table, partition))
      await deps.files.removeUnder(`${folder}${version}/`);
  return outcome;
}

async function deriveFrom(
  deps: CompactDeps,
  ctx: Ctx,
  table: CompactedTable,
  partition: Partition,
  version: string,
): Promise<void> {
  for (const derived of table.derived(partition)) {
    const target = deps.files.url(`${derivedPrefix(derived, partition)}${version}/`);
    const sql = derived.statement({ day: partition.day, version, target });
    await finished(deps, ctx, await deps.queries.start(sql, target), 'keeps what a day is asked for');
  }
}

/**
 * Masks as many as a statement takes, first those who were found there: of many, others of whom something is left elsewhere
 * would take their place night after night. Whoever is left is found again by the next look over the lake. Somebody with more
 * browsers than a statement takes is passed over, so that the day is compacted and others are masked all the same.
 */
function maskingStatement(
  people: readonly ErasedPerson[],
  of: readonly string[] | undefined,
  statement: (erased: readonly ErasedPerson[]) => string,
): string {
  const found = of && new Set(of);
  for (const erased of inStatements(people, found && (({ id }) => found.has(id)))) {
    const sql = statement(erased);
    if (!isLonger(sql, MOST_BYTES)) return sql;
  }
  return statement([]);
}

interface RawFile {
  readonly key: string;
  /** The writing that counts has its rows. */
  readonly taken: boolean;
}

/** Removes what nobody reads any more; the raw files that are left. */
async function swept(
  { files }: CompactDeps,
  table: CompactedTable,
  partition: Partition,
  lines: readonly Compaction[],
  now: number,
): Promise<RawFile[]> {
  const current = lastOf(lines, partition);
  const settled = current !== undefined && hasSettled(current, now);
  const inputs = current && (await files.read(inputsKey(table, partition, current.version)));
  const taken = new Set(inputs === undefined ? [] : (JSON.parse(inputs) as string[]));
  const raw: RawFile[] = [];
  const gone: string[] = [];
  for await (const key of files.list(rawPrefix(table, partition)))
    if (settled && taken.has(key)) gone.push(key);
    else raw.push({ key, taken: taken.has(key) });
  const kept = lines
    .filter((line) => samePartition(line, partition) && !(settled && line !== current))
    .map(({ version }) => version);
  await files.remove(gone);
  for (const prefix of writingPrefixes(table, partition)) {
    const left: string[] = [];
    for await (const key of files.list(prefix)) {
      const [version = ''] = key.slice(prefix.length).split('/');
      if (!kept.includes(version) && isAbandoned(version, now)) left.push(key);
    }
    await files.remove(left);
  }
  return raw;
}

/**
 * Names the new writing, unless it was overtaken since `seen` was read. Reports of one order, and records of one recipient, lie
 * in several days, and each day is weighed against those named before it: of two that were weighed at the same time the
 * second one is weighed anew.
 */
async function named(
  { compactions, time }: CompactDeps,
  table: CompactedTable,
  seen: readonly Compaction[],
  next: Compaction,
): Promise<Outcome> {
  const current = lastOf(seen, next);
  const known = new Set(seen.map(({ version }) => version));
  for (;;) {
    const read = await compactions.read(table);
    if (isAbandoned(next.version, time.now()))
      throw new RepointError('unavailable', 'The writing took so long that others take its files away');
    if (lastOf(read.lines, next)?.version !== current?.version) return 'overtaken';
    const weighed = (line: Compaction): boolean => !table.isWeighed(line) || known.has(line.version);
    if (table.isWeighed(next) && !read.lines.every(weighed)) return 'weighed too early';
    const past = (line: Compaction): boolean =>
      samePartition(line, next) && line.version !== current?.version && hasSettled(line, time.now());
    const lines = [...read.lines.filter((line) => !past(line)), next].sort(inOrder);
    if (await compactions.replace(table, read, lines)) return 'done';
  }
}

const inOrder = (a: Compaction, b: Compaction): number =>
  orderOf(a) < orderOf(b) ? -1 : orderOf(a) > orderOf(b) ? 1 : 0;

const orderOf = (line: Compaction): string => `${line.filed ?? ''} ${line.day} ${line.counts_from}`;
