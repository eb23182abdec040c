import {
  type CompactionQueue,
  type CompactionStore,
  type ErasedPerson,
  inStatements,
  isClosed,
  isMaskable,
  type LakeFiles,
  lastOf,
  type Partition,
  TABLES,
} from '../../events/index.ts';
import type { Ctx } from '../../shared/context.ts';
import { finished } from '../../shared/finished-query.ts';
import type { Queries, QueryRow, QueryRows } from '../../shared/queries.ts';
import type { Time } from '../../shared/time.ts';
import { erasedPerson, isGoneFromTables, type OpenErasure } from './erasure.ts';
import { earliestEnd, type Keeping } from './erasure-view.ts';
import { type Found, foundOf, leftStatement, together, turnsOf, turnsStatement } from './lake-statements.ts';
import type { ErasureQueue, ErasureStore, PersonRows } from './ports.ts';

export interface EraseFromLakeDeps {
  readonly erasures: Pick<ErasureStore, 'allOpen' | 'found' | 'close'>;
  readonly rows: Pick<PersonRows, 'removeStates'>;
  readonly queries: Queries & QueryRows;
  readonly compactions: Pick<CompactionStore, 'read'>;
  readonly files: Pick<LakeFiles, 'list'>;
  readonly rewriting: Pick<CompactionQueue, 'send'>;
  readonly queue: ErasureQueue;
  readonly keeping: Pick<Keeping, 'quarantineDays'>;
  readonly time: Time;
}

/**
 * The nightly look for people who are to be erased: finds the browsers that were theirs and every file that still holds
 * something of them, asks for the rewriting of closed partitions, and closes an erasure once nothing is found any more.
 * It goes by what the files hold, not by what was asked for: a rewriting that failed or came too early is asked for again.
 */
export async function eraseFromLake(deps: EraseFromLakeDeps, ctx: Ctx): Promise<void> {
  const open = await deps.erasures.allOpen();
  for (const erasure of open) if (!isGoneFromTables(erasure)) await deps.queue.send({ id: erasure.id });
  const byId = new Map(open.map((erasure) => [erasure.id, erasure]));
  const errorDay = await oldestError(deps.files);
  for (const people of inStatements(open.map(erasedPerson))) {
    const known = await withTurns(deps, ctx, byId, people);
    const left = (await asked(deps, ctx, leftStatement(known), 'looks for erased people')).map(foundOf);
    await rewrite(deps, ctx, known, left);
    for (const { id } of known) {
      const erasure = byId.get(id);
      if (erasure) await settle(deps, ctx, erasure, left, errorDay);
    }
  }
}

async function asked(deps: EraseFromLakeDeps, ctx: Ctx, sql: string, what: string): Promise<QueryRow[]> {
  const queryId = await deps.queries.start(sql, `${ctx.requestId} ${sql}`);
  await finished(deps, ctx, queryId, what);
  return deps.queries.rows(queryId);
}

/** The people with all turns that are known of them; the states of those browsers are removed. */
async function withTurns(
  deps: EraseFromLakeDeps,
  ctx: Ctx,
  byId: Map<string, OpenErasure>,
  people: readonly ErasedPerson[],
): Promise<ErasedPerson[]> {
  const found = turnsOf(
    await asked(deps, ctx, turnsStatement(people), 'looks for browsers of erased people'),
  );
  const known: ErasedPerson[] = [];
  for (const person of people) {
    const turns = together(person.turns, found.get(person.id) ?? []);
    const erasure = byId.get(person.id);
    if (erasure && turns.length > person.turns.length) {
      const before = new Set(person.turns.map(({ anonymousId }) => anonymousId));
      const anonymousIds = [...new Set(turns.map(({ anonymousId }) => anonymousId))];
      await deps.rows.removeStates({ anonymousIds: anonymousIds.filter((id) => !before.has(id)) });
      await deps.erasures.found(erasure, { turns });
    }
    known.push({ ...person, turns });
  }
  return known;
}

/** Raw files and writings that do not count go by themselves, each night; the writing that counts is asked for anew. */
async function rewrite(
  { compactions, rewriting }: EraseFromLakeDeps,
  ctx: Ctx,
  people: readonly ErasedPerson[],
  left: readonly Found[],
): Promise<void> {
  const { lines } = await compactions.read(TABLES.events);
  const wanted = new Map<string, Partition>();
  for (const { id, partition, version } of left) {
    const person = people.find((one) => one.id === id);
    const counts = version !== undefined && lastOf(lines, partition)?.version === version;
    if (
      person &&
      counts &&
      isClosed(TABLES.events, partition, ctx.now) &&
      isMaskable(partition, person, ctx.now)
    )
      wanted.set(`${partition.day} ${partition.filed}`, partition);
  }
  for (const partition of wanted.values())
    await rewriting.send({ table: 'events', ...partition, anew: true });
}

async function settle(
  { erasures, keeping }: EraseFromLakeDeps,
  ctx: Ctx,
  erasure: OpenErasure,
  found: readonly Found[],
  errorDay: string | undefined,
): Promise<void> {
  const { id, requestedAt, done } = erasure;
  const at = new Date(ctx.now).toISOString();
  const left = new Set(
    found.filter((one) => one.id === id).map(({ partition: { filed, day } }) => `${filed} ${day}`),
  ).size;
  if (!(await erasures.found(erasure, { left, lookedAt: at }))) return;
  // What Firehose could not file lies beside the lake until somebody replays it.
  const unfiled = errorDay !== undefined && errorDay <= requestedAt.slice(0, 10);
  if (left > 0 || unfiled || !isGoneFromTables(erasure) || ctx.now < earliestEnd(requestedAt, keeping))
    return;
  await erasures.close(erasure, { id, requestedAt, done, doneAt: at });
}

/** Day of the oldest file of events that Firehose could not file: `errors/events/<kind>/<YYYY-MM-DD>/…`. */
async function oldestError(files: Pick<LakeFiles, 'list'>): Promise<string | undefined> {
  let oldest: string | undefined;
  for await (const key of files.list('errors/events/')) {
    const day = key.split('/')[3];
    if (day && (oldest === undefined || day < oldest)) oldest = day;
  }
  return oldest;
}
