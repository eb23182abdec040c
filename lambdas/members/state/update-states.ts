import type { EventRow } from '../../events/index.ts';
import type { Ctx } from '../../shared/context.ts';
import type { BadLine } from '../../shared/stream.ts';
import { logger } from '../../shared/telemetry.ts';
import type { StateStore } from '../ports.ts';
import { foldEvents } from './fold-events.ts';
import type { MemberState } from './member-state.ts';

/** Key of the row of a member, known by userId, or of somebody who has not signed in. */
export const stateKey = {
  ofUser: (userId: string): string => `u#${userId}`,
  ofAnonymous: (anonymousId: string): string => `a#${anonymousId}`,
} as const;

export interface UpdateDeps {
  readonly states: StateStore;
  /** The shop's own hosts: whose links browsers may tell. */
  readonly ownHosts?: readonly string[];
}

/**
 * Folds a batch of the events stream into member state. All of a person's events come through one shard, so nobody
 * else writes these rows meanwhile; the batch may come again as a whole (spec §1, "Dedupe"). Robots and events
 * without anybody leave no state.
 */
export async function updateStates(
  deps: UpdateDeps,
  ctx: Ctx,
  rows: readonly EventRow[],
  bad: readonly BadLine[] = [],
): Promise<void> {
  // Only the collector writes the stream, so such a line is our own fault; Firehose keeps it under errors/.
  if (bad.length > 0) logger.error('lines are not JSON', { requestId: ctx.requestId, lines: bad.length });
  const people = byPerson(rows);
  if (people.size === 0) return;
  const stored = await deps.states.getAll([...people.keys()]);
  const changed = new Map<string, MemberState>();
  for (const [key, events] of people) {
    const before = stored.get(key);
    const after = foldEvents(before, events, deps.ownHosts);
    if (after !== undefined && after !== before) changed.set(key, after);
  }
  if (changed.size > 0) await deps.states.putAll(changed);
}

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
