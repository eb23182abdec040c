import {
  belongingOf,
  type ErasedPerson,
  type EventRow,
  instantOf,
  isTheirs,
  keepPoison,
  type PoisonDeps,
  type PoisonLine,
} from '../../events/index.ts';
import type { Ctx } from '../../shared/context.ts';
import type { BadLine } from '../../shared/stream.ts';
import type { StateStore } from '../ports.ts';
import { bounded, type StateBounds, withNewBrowsers } from './bound-states.ts';
import { type BrowserState, foldBrowser } from './browser-state.ts';
import { foldEvents } from './fold-events.ts';
import type { MemberState } from './member-state.ts';

export interface UpdateDeps extends PoisonDeps {
  readonly states: StateStore;
  readonly bounds?: StateBounds;
  /** The shop's own hosts: whose links browsers may tell. */
  readonly ownHosts?: readonly string[];
  /** Who is to be erased, as it was known a minute ago or later; nobody when left out. */
  readonly erased?: (nowMs: number) => Promise<readonly ErasedPerson[]>;
}

/**
 * Folds a batch of the events stream into member state. All of a person's events come through one shard, so nobody
 * else writes these rows meanwhile; the batch may come again as a whole (spec §1, "Dedupe"). Robots and events
 * without anybody leave no state. A line that is none, and an event that cannot be folded, go to quarantine and keep
 * nobody else's from being counted; they come last, so that a batch whose states could not be written comes again
 * before they are kept. What was received before a person asked to be erased is not counted any more, however late it comes.
 */
export async function updateStates(
  deps: UpdateDeps,
  ctx: Ctx,
  rows: readonly EventRow[],
  bad: readonly BadLine[] = [],
): Promise<void> {
  const poison: PoisonLine[] = bad.map(({ line, reason, arrivedMs: receivedMs }) => ({
    line,
    reason,
    receivedMs,
  }));
  const people = byPerson(notErased(rows, (await deps.erased?.(ctx.now)) ?? []));
  const keys = { members: [...people.members.keys()], browsers: [...people.browsers.keys()] };
  const stored = keys.members.length + keys.browsers.length === 0 ? undefined : await deps.states.read(keys);
  const members = foldedAll(people.members, stored?.members, (state: MemberState | undefined, events) =>
    foldEvents(state, events, deps.ownHosts),
  );
  const browsers = foldedAll(people.browsers, stored?.browsers, (state: BrowserState | undefined, events) =>
    foldBrowser(state, events, deps.ownHosts),
  );
  poison.push(...members.broken, ...browsers.broken);
  if (members.changed.size + browsers.changed.size > 0) {
    const joined = await withNewBrowsers(deps.states, stored?.members, members.changed);
    const rowsToBe = { members: joined, browsers: browsers.changed };
    await deps.states.write(await bounded(deps, stored?.members, rowsToBe));
  }
  await keepPoison(deps, ctx, poison);
}

type Fold<State> = (before: State | undefined, rows: readonly EventRow[]) => State | undefined;

interface Folded<State> {
  readonly state: State | undefined;
  readonly broken: readonly PoisonLine[];
}

function foldedAll<State>(
  people: ReadonlyMap<string, readonly EventRow[]>,
  stored: ReadonlyMap<string, State> | undefined,
  fold: Fold<State>,
): { readonly changed: Map<string, State>; readonly broken: readonly PoisonLine[] } {
  const changed = new Map<string, State>();
  const poison: PoisonLine[] = [];
  for (const [key, events] of people) {
    const before = stored?.get(key);
    const { state: after, broken } = folded(before, events, fold);
    if (after !== undefined && after !== before) changed.set(key, after);
    poison.push(...broken);
  }
  return { changed, broken: poison };
}

/** All at once; in halves only where one of them breaks the folding, to find which. */
function folded<State>(
  before: State | undefined,
  rows: readonly EventRow[],
  fold: Fold<State>,
): Folded<State> {
  try {
    return { state: fold(before, rows), broken: [] };
  } catch (error) {
    const [row] = rows;
    if (rows.length === 1 && row !== undefined) return { state: before, broken: [poisonOf(row, error)] };
  }
  const half = Math.ceil(rows.length / 2);
  const first = folded(before, rows.slice(0, half), fold);
  const second = folded(first.state, rows.slice(half), fold);
  return { state: second.state, broken: [...first.broken, ...second.broken] };
}

const poisonOf = (row: EventRow, error: unknown): PoisonLine => ({
  line: JSON.stringify(row),
  reason: `Member state cannot be kept of this event: ${error instanceof Error ? error.message : String(error)}`,
  receivedMs: instantOf(row.received_at) ?? 0,
});

const notErased = (rows: readonly EventRow[], people: readonly ErasedPerson[]): readonly EventRow[] =>
  people.length === 0 ? rows : rows.filter((row) => !isTheirs(people, belongingOf(row)));

interface People {
  readonly members: Map<string, EventRow[]>;
  /** Browsers and apps, of events without a name. */
  readonly browsers: Map<string, EventRow[]>;
}

function byPerson(rows: readonly EventRow[]): People {
  const people: People = { members: new Map(), browsers: new Map() };
  for (const row of rows) {
    if (row.bot) continue;
    const { user_id: userId, anonymous_id: anonymousId } = row;
    if (userId !== undefined) push(people.members, userId, row);
    else if (anonymousId !== undefined) push(people.browsers, anonymousId, row);
  }
  return people;
}

function push(people: Map<string, EventRow[]>, key: string, row: EventRow): void {
  const events = people.get(key);
  if (events === undefined) people.set(key, [row]);
  else events.push(row);
}
