import { inChunks } from '../../shared/chunks.ts';
import type { Ctx } from '../../shared/context.ts';
import { RepointError } from '../../shared/errors.ts';
import { inParallel } from '../../shared/parallel.ts';
import { type Counts, claimed, failed, isExhausted, isHeld, type List, ready, released } from './list.ts';
import { Rows } from './match-rows.ts';
import type { ListFiles, Lists, MatchMessage, MatchQueue, People, StoredList } from './ports.ts';
import { keyOf } from './values.ts';

export interface MatchDeps {
  readonly lists: Lists;
  readonly files: ListFiles;
  readonly people: People;
  readonly queue: MatchQueue;
  /** Epoch milliseconds. */
  readonly clock: () => number;
}

/** DynamoDB serves each part of a parallel scan on its own. */
const SCAN_PARTS = 8;
/** userIds looked up side by side. */
const LOOKED_UP = 1000;
const LOOKS_IN_FLIGHT = 4;
/** Rows of one file: as CSV, at the longest, they stay below what an answer of the API may hold (Lambda: 6 MB). */
export const UNMATCHED_ROWS = 5_000;
const LEASE_SLACK_MS = 5_000;
const RETRY_SECONDS = 5;

/**
 * Finds out who is on a list, of all its parts together: userIds are looked up, addresses are compared with those of all members
 * in one pass. Safe to repeat: a worker claims the row, and what it writes replaces what an earlier try has written.
 */
export async function matchList(deps: MatchDeps, ctx: Ctx, { id }: MatchMessage): Promise<List | undefined> {
  const stored = await deps.lists.find(id);
  if (stored?.list.state === 'ready') return tidied(deps, stored.list);
  if (stored?.list.state === 'failed') return emptied(deps, stored.list);
  if (stored?.list.state !== 'matching' || isHeld(stored.list, ctx.now)) return stored?.list;
  // Its worker died each time, or it would have been told why.
  if (isExhausted(stored.list)) return over(deps, stored, 'It could not be matched; upload it again');
  const mine = await deps.lists.replace(stored, claimed(stored.list, ctx.deadline + LEASE_SLACK_MS));
  return mine && matched(deps, mine);
}

async function matched(deps: MatchDeps, mine: StoredList): Promise<List | undefined> {
  const { list } = mine;
  let published: StoredList | undefined;
  try {
    const rows = await readRows(deps, list);
    await (list.kind === 'id' ? lookUp(deps, rows) : compare(deps, rows, list.kind));
    if (rows.matched === 0 && list.kind === 'id' && list.recognisedBy === 'values')
      return await unrecognised(deps, mine, rows);
    const counts = await written(deps, list, rows);
    published = await deps.lists.replace(mine, ready(list, counts, deps.clock()));
  } catch (error) {
    return handBack(deps, mine, error);
  }
  if (published === undefined) return undefined;
  await tidied(deps, published.list).catch(() =>
    deps.queue.send({ id: list.id }, { delaySeconds: RETRY_SECONDS }),
  );
  return published.list;
}

/** What is left to do of a list that counts. Safe to repeat: a message of such a list asks for it again. */
async function tidied(deps: MatchDeps, list: List): Promise<List> {
  await withoutErased(deps, list);
  await deps.files.remove(list.id, 'parts');
  return list;
}

/** What has expired does not come back; anything else is tried again soon, and told by the list meanwhile. */
async function handBack(deps: MatchDeps, mine: StoredList, error: unknown): Promise<List | undefined> {
  const { lists, queue } = deps;
  const reason = error instanceof Error ? error.message : String(error);
  const isGone = error instanceof RepointError && error.code === 'not_found';
  if (isGone || isExhausted(mine.list)) return over(deps, mine, reason);
  const back = await lists.replace(mine, released(mine.list, reason));
  if (back) await queue.send({ id: mine.list.id }, { delaySeconds: RETRY_SECONDS });
  return back?.list;
}

/** A list that has failed is forgotten in some days, and no erasure finds who is on a list that is not there: nobody stays on it. */
async function over(deps: MatchDeps, stored: StoredList, reason: string): Promise<List | undefined> {
  const done = await deps.lists.replace(stored, failed(stored.list, reason));
  if (done === undefined) return undefined;
  await emptied(deps, done.list).catch(() =>
    deps.queue.send({ id: done.list.id }, { delaySeconds: RETRY_SECONDS }),
  );
  return done.list;
}

/** What tries before the last have written goes. Safe to repeat, as `tidied` is. */
async function emptied({ lists }: MatchDeps, list: List): Promise<List> {
  await lists.writeIds(list, []);
  return list;
}

async function readRows({ files }: MatchDeps, list: List): Promise<Rows> {
  const rows = new Rows(list.kind);
  for (const [index, part] of list.parts.entries())
    rows.add(index + 1, await files.readPart(list.id, part.id));
  return rows;
}

async function lookUp({ people }: MatchDeps, rows: Rows): Promise<void> {
  const asked = await people.erased();
  const back = await people.members(asked);
  // What events have told of them is still there for some minutes.
  const gone = new Set(asked.filter((userId) => !back.has(userId)));
  await inParallel(inChunks(rows.keys(), LOOKED_UP), LOOKS_IN_FLIGHT, async (call) => {
    for (const userId of await people.known(call)) if (!gone.has(userId)) rows.meet(userId, userId);
  });
}

async function compare({ people }: MatchDeps, rows: Rows, kind: 'email' | 'phone'): Promise<void> {
  const parts = Array.from({ length: SCAN_PARTS }, (_, part) => part);
  await inParallel(parts, SCAN_PARTS, async (part) => {
    for await (const page of people.addresses(kind, part, SCAN_PARTS))
      for (const { userId, address } of page) {
        const key = keyOf(kind, address);
        if (key !== undefined) rows.meet(key, userId);
      }
  });
}

/** One column without a header was taken for ids; when nobody has any, it was something else. */
async function unrecognised(
  { lists, files }: MatchDeps,
  mine: StoredList,
  rows: Rows,
): Promise<List | undefined> {
  const reason = `No column has recognisable ids: none of the ${rows.keys().length} values is a member's userId; head the column with what it is`;
  const next = await lists.replace(mine, failed(mine.list, reason));
  await files.remove(mine.list.id, 'all');
  return next?.list;
}

async function written({ lists, files }: MatchDeps, list: List, rows: Rows): Promise<Counts> {
  const unmatched = rows.unmatched();
  const pages = inChunks(unmatched, UNMATCHED_ROWS);
  for (const [file, page] of pages.entries()) await files.writeUnmatched(list.id, file, page);
  await lists.writeIds(list, rows.members);
  const { matched, duplicates, members } = rows;
  return { matched, duplicates, unmatched: unmatched.length, members: members.size, files: pages.length };
}

/**
 * Who asked to be erased while this went on was perhaps read before they were gone, and written after they had been taken off
 * every list. Whoever asks later is taken off by the erasure itself, which sees this list by now.
 */
async function withoutErased({ lists, people }: MatchDeps, list: List): Promise<void> {
  const listed = await lists.having(list, await people.erased());
  if (listed.length === 0) return;
  // Somebody may have come back since, and then they are a member like any other.
  const back = await people.members(listed);
  for (const userId of listed) if (!back.has(userId)) await lists.takeOff(list, userId);
}
