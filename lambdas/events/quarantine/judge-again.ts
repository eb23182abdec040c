/** A quarantined event before the judge once more. Pure. */
import { type Problem, RepointError } from '../../shared/errors.ts';
import type { Arrival } from '../arrival.ts';
import {
  type Belonging,
  belongingOf as belongingOfRow,
  type ErasedPerson,
  isTheirs,
} from '../compaction/erased.ts';
import { toldUserId } from '../identity.ts';
import { judge, needsPseudonym } from '../judge.ts';
import type { Pseudonym } from '../pseudonym.ts';
import type { EventRow } from '../row.ts';
import { parseInstant } from '../time.ts';
import { isRecord, type QuarantinedEvent } from './quarantined-event.ts';
import { instantOf, isEventRow, parsed, refiled } from './row-line.ts';

export type SecondVerdict =
  | { readonly row: EventRow; readonly problems?: never }
  | { readonly problems: readonly Problem[]; readonly row?: never };

/**
 * Judges by the plan of today, but by the time it came: an event that was in time is not late because of the replay,
 * and one whose clock ran more than 24 hours ahead stays wrong, since its time is. A line of the pipe was judged
 * before it went in; it only has to be a row. Throws `unavailable` when the event needs a key that cannot be read.
 */
export function judgeAgain(kept: QuarantinedEvent, nowMs: number, pseudonym?: Pseudonym): SecondVerdict {
  const candidate = parsed(kept.event);
  if (kept.came_by === 'stream' || kept.came_by === 'firehose') {
    return isEventRow(candidate)
      ? { row: refiled(candidate, nowMs) }
      : { problems: [{ field: '', message: 'The line is no row of the events stream' }] };
  }
  const verdict = judge(candidate, arrivalOf(kept, kept.came_by), pseudonym);
  if (verdict.lacksKey)
    throw new RepointError('unavailable', 'The key for personal properties cannot be read; ask again later');
  return verdict.row === undefined ? verdict : { row: refiled(verdict.row, nowMs) };
}

/** Whether it is an event of somebody who asked to be erased after it came: it is replayed no more (docs/adr/0008-erasure-rewrites-the-lakes-files.md). */
export const isErased = (kept: QuarantinedEvent, people: readonly ErasedPerson[]): boolean =>
  people.length > 0 && isTheirs(people, belongingOf(kept));

function belongingOf({ event, received_at: receivedAt }: QuarantinedEvent): Belonging {
  const candidate = parsed(event);
  // A line of the pipe tells when it came through the door; what a client sends has no such word.
  if (isEventRow(candidate)) return belongingOfRow(candidate);
  const told: Record<string, unknown> = isRecord(candidate) ? candidate : {};
  const { occurred_at: at } = told;
  return {
    userId: toldUserId(told),
    anonymousId: told['anonymous_id'],
    receivedMs: instantOf(receivedAt) ?? 0,
    occurredMs: typeof at === 'string' || typeof at === 'number' ? parseInstant(at) : undefined,
  };
}

/** Whether the key for personal properties is needed to judge it. */
export const needsKey = ({ event }: QuarantinedEvent): boolean => needsPseudonym(parsed(event));

const arrivalOf = (kept: QuarantinedEvent, door: Arrival['door']): Arrival => ({
  door,
  receivedMs: instantOf(kept.received_at) ?? 0,
  country: kept.country ?? undefined,
  bot: kept.bot,
});
