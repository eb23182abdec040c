/** An event that was not accepted, as it lies in quarantine. Pure. */
import type { Problem } from '../../shared/errors.ts';
import { bytesOf } from '../../shared/utf8.ts';
import type { Door } from '../arrival.ts';

/** How it came: through a door, or out of the pipe behind the doors, which could not take a line of its own. */
export type CameBy = Door | 'stream' | 'firehose';

/** One line of quarantine and one row of the lake: schemas/events/quarantined_events.table.json. */
export interface QuarantinedEvent {
  readonly quarantine_id: string;
  readonly event_id: string | null;
  readonly name: string | null;
  /** UTC, `YYYY-MM-DD HH:MM:SS.mmm`. */
  readonly received_at: string;
  readonly came_by: CameBy;
  /** Id of the API key that sent it. */
  readonly sender: string | null;
  readonly request_id: string | null;
  readonly country: string | null;
  readonly bot: boolean;
  readonly reasons: readonly Problem[];
  /** JSON text of the event, whole; of a line that is no JSON the line itself. */
  readonly event: string;
}

/** A hostile event can be wrong in a million ways; so many of them are kept. */
const MAX_REASONS = 20;
const MAX_REASON_LENGTH = 1024;
/** As much of an id or a name as a valid one can have. */
const MAX_NAME = 64;

/** The first reasons, each cut where it says the same a thousand times, and how many more there are. */
export function fewReasons(problems: readonly Problem[]): Problem[] {
  const kept = problems.slice(0, MAX_REASONS).map(({ field, message }) => ({
    field: field.slice(0, MAX_REASON_LENGTH),
    message: message.slice(0, MAX_REASON_LENGTH),
  }));
  const left = problems.length - kept.length;
  return left === 0 ? kept : [...kept, { field: '', message: `and ${left} more` }];
}

/** Of the reasons of all events in one answer, in bytes: with all else it is far from the 6 MB that a function may answer. */
const ROOM = 1024 * 1024;
const BRIEF_LENGTH = 200;

/** Of each event the reasons as an answer has room for them: whole, and once there is no more room the first one in brief. */
export function inRoom(all: readonly (readonly Problem[])[]): (readonly Problem[])[] {
  let left = ROOM;
  return all.map((problems) => {
    const bytes = bytesOf(JSON.stringify(problems));
    if (bytes > left) return brief(problems);
    left -= bytes;
    return problems;
  });
}

function brief(problems: readonly Problem[]): Problem[] {
  const [first, ...others] = problems.map(({ field, message }) => ({
    field: field.slice(0, BRIEF_LENGTH),
    message: message.slice(0, BRIEF_LENGTH),
  }));
  if (first === undefined) return [];
  return others.length === 0 ? [first] : [first, { field: '', message: 'and more, as quarantine tells' }];
}

/** What a broken event calls itself, as far as that can be read. */
export function namesOf(candidate: unknown): Pick<QuarantinedEvent, 'event_id' | 'name'> {
  const { event_id: id, name } = isRecord(candidate) ? candidate : {};
  return { event_id: shortText(id), name: shortText(name) };
}

const shortText = (value: unknown): string | null =>
  typeof value === 'string' ? value.slice(0, MAX_NAME) : null;

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);
