import { invalid } from '../shared/errors.ts';

/** The most events one request may bring (spec §1). */
export const MAX_EVENTS = 500;

/** What a body of POST /v1/events holds: its events, and whether it was one event by itself. */
export interface Batch {
  readonly events: readonly unknown[];
  readonly alone: boolean;
}

/** One event, an array of events, or `{"events": […]}`. Throws a validation error when the body is none of them. */
export function batchOf(body: unknown): Batch {
  if (Array.isArray(body)) return { events: counted(body), alone: false };
  if (typeof body !== 'object' || body === null) {
    throw invalid([
      { field: '', message: 'The body must be one event, an array of events, or {"events": […]}' },
    ]);
  }
  if (!('events' in body)) return { events: [body], alone: true };
  const { events, ...others } = body;
  const unknown = Object.keys(others);
  if (unknown.length > 0) {
    throw invalid(
      unknown.map((field) => ({ field, message: `${field} is not a known field beside events` })),
    );
  }
  if (!Array.isArray(events)) throw invalid([{ field: 'events', message: 'events must be an array' }]);
  return { events: counted(events), alone: false };
}

function counted(events: readonly unknown[]): readonly unknown[] {
  if (events.length >= 1 && events.length <= MAX_EVENTS) return events;
  const message = `A batch has 1 to ${MAX_EVENTS} events; this one has ${events.length}`;
  throw invalid([{ field: 'events', message }]);
}
