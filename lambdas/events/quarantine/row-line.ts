/** Rows as they come back out of the pipe. Pure. */
import { filingOf } from '../filing.ts';
import type { EventRow } from '../row.ts';
import { parseInstant } from '../time.ts';
import { isRecord } from './quarantined-event.ts';

/** The instant a lake timestamp names, epoch milliseconds; undefined when it is none. */
export const instantOf = (lakeTimestamp: unknown): number | undefined =>
  typeof lakeTimestamp === 'string' ? parseInstant(`${lakeTimestamp}Z`) : undefined;

const TEXTS = ['event_id', 'name', 'properties', 'filed', 'day'] as const;
const PEOPLE = ['user_id', 'anonymous_id'] as const;
/** In UTF-16 units, as the envelope has it (schemas/events/event.request.json). */
const LONGEST_IDENTIFIER = 128;

/** No table takes any other for a key, and refuses with it what else a reader writes at that moment. */
const isIdentifier = (value: unknown): boolean =>
  typeof value === 'string' && value !== '' && value.length <= LONGEST_IDENTIFIER;

/** Whether a line of the events stream holds what its readers take for granted of a row. */
export const isEventRow = (value: unknown): value is EventRow =>
  isRecord(value) &&
  TEXTS.every((name) => typeof value[name] === 'string') &&
  PEOPLE.every((name) => value[name] === undefined || isIdentifier(value[name])) &&
  instantOf(value['occurred_at']) !== undefined &&
  instantOf(value['received_at']) !== undefined;

/**
 * The row as it goes into the stream again at `nowMs`. It is filed as if it had just arrived, so that it lies where a
 * late event of today would lie and never in a partition that is closed. `received_at` and `late` stay what they
 * were: they say when it came, and a replay makes no event late. Filed under another partition than its first copy it
 * still counts once (docs/adr/0001-raw-tables-filed-twice.md).
 */
export function refiled(row: EventRow, nowMs: number): EventRow {
  const { filed, day } = filingOf(instantOf(row.occurred_at) ?? nowMs, nowMs);
  return { ...row, filed, day };
}

/** Undefined when the text is no JSON. */
export function parsed(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
