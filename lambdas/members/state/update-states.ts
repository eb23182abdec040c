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
import { foldEvents } from './fold-events.ts';
import type { MemberState } from './member-state.ts';

/** Key of the row of a member, known by userId, or of somebody who has not signed in. */
export const stateKey = {
  ofUser: (userId: string): string => `u#${userId}`,
  ofAnonymous: (anonymousId: string): string => `a#${anonymousId}`,
} as const;

export interface UpdateDeps extends PoisonDeps {
  readonly states: StateStore;
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
  const stored =
    people.size === 0 ? new Map<string, MemberState>() : await deps.states.getAll([...people.keys()]);
  const changed = new Map<string, MemberState>();
  for (const [key, events] of people) {
    const before = stored.get(key);
    const { state: after, broken } = folded(before, events, deps.ownHosts);
    if (after !== undefined && after !== before) changed.set(key, after);
    poison.push(...broken);
  }
  if (changed.size > 0) await deps.states.putAll(changed);
  await keepPoison(deps, ctx, poison);
}

interface Folded {
  readonly state: MemberState | undefined;
  readonly broken: readonly PoisonLine[];
}

/** All at once; in halves only where one of them breaks the folding, to find which. */
function folded(
  before: MemberState | undefined,
  rows: readonly EventRow[],
  ownHosts?: readonly string[],
): Folded {
  try {
    return { state: foldEvents(before, rows, ownHosts), broken: [] };
  } catch (error) {
    const [row] = rows;
    if (rows.length === 1 && row !== undefined) return { state: before, broken: [poisonOf(row, error)] };
  }
  const half = Math.ceil(rows.length / 2);
  const first = folded(before, rows.slice(0, half), ownHosts);
  const second = folded(first.state, rows.slice(half), ownHosts);
  return { state: second.state, broken: [...first.broken, ...second.broken] };
}

const poisonOf = (row: EventRow, error: unknown): PoisonLine => ({
  line: JSON.stringify(row),
  reason: `Member state cannot be kept of this event: ${error instanceof Error ? error.message : String(error)}`,
  receivedMs: instantOf(row.received_at) ?? 0,
});

const notErased = (rows: readonly EventRow[], people: readonly ErasedPerson[]): readonly EventRow[] =>
  people.length === 0 ? rows : rows.filter((row) => !isTheirs(people, belongingOf(row)));

function byPerson(rows: readonly EventRow[]): Map<string, EventRow[]> {
  const people = new Map<string, EventRow[]>();
  for (const row of rows) {
    const key = personKey(row);
    if (key === undefined) continue;
    const events = people.get(key);
    if (events === undefined) people.set(key, [row]);
    else events.push(row);
  }
  return people;
}

function personKey(row: EventRow): string | undefined {
  if (row.bot) return undefined;
  if (row.user_id !== undefined) return stateKey.ofUser(row.user_id);
  return row.anonymous_id === undefined ? undefined : stateKey.ofAnonymous(row.anonymous_id);
}
