/** A visit as the browser sees it: a hint only, sessions are derived from the events (spec §1, "Sessions"). Pure. */
import type { Utm } from './utm.ts';

export const IDLE_MS = 30 * 60 * 1000;

export interface Visit {
  readonly id: string;
  /** When its latest event was, epoch ms. */
  readonly seenAt: number;
  /** Of the page it began with, until a page brings its own. */
  readonly utm?: Utm | undefined;
}

/** The visit that an event at `now` belongs to: the last one, unless 30 minutes went by without an event. */
export function visitAt(
  last: Visit | undefined,
  now: number,
  utm: Utm | undefined,
  newId: () => string,
): Visit {
  // A clock set back must not make a visit without end.
  const goesOn = last !== undefined && Math.abs(now - last.seenAt) < IDLE_MS;
  return { id: goesOn ? last.id : newId(), seenAt: now, utm: utm ?? (goesOn ? last.utm : undefined) };
}
