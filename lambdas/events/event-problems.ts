/** Everything that is wrong with an event. Only asked of events that are not taken: it looks at all of it again. Pure. */
import { type Event, validateEvent } from '../../schemas/events/generated/requests.js';
import type { PlannedEvent } from '../../schemas/events/plan/generated/plan.js';
import { deeperThan, inWords } from '../shared/depth.ts';
import type { Problem } from '../shared/errors.ts';
import { problemsOf } from '../shared/validation.ts';
import type { Arrival } from './arrival.ts';
import { MAX_AHEAD_MS } from './filing.ts';
import { completedProperties, identityProblems } from './identity.ts';
import { withoutPersonal } from './personal.ts';
import { parseInstant } from './time.ts';
import { planned, propertyProblems } from './tracking-plan.ts';

/** One event's properties as JSON text, in UTF-16 units: many such events must still fit one stream record. */
export const MAX_PROPERTIES_LENGTH = 64 * 1024;
/** Objects and arrays inside one another; what is deeper is no property anybody asks for. */
export const MAX_PROPERTIES_DEPTH = 16;

/** What stands in the place of a UUID that nobody made: all such events of a day would count once. */
export const NO_ID = '00000000-0000-0000-0000-000000000000';

/**
 * Envelope, time, name, identity and properties at once, so that whoever sent it mends it once. What rests on a field of
 * the envelope that is itself wrong is not asked: it would only say the same in other words.
 */
export function eventProblems(candidate: unknown, arrival: Arrival): Problem[] {
  if (typeof candidate !== 'object' || candidate === null || Array.isArray(candidate))
    return [{ field: '', message: `An event is an object (this is ${inWords(candidate)})` }];
  const envelope = problemsOf(validateEvent, candidate);
  const wrong = new Set(envelope.map(({ field }) => field.split('.')[0]));
  const sound = (...fields: (keyof Event)[]): boolean => !fields.some((field) => wrong.has(field));
  const event = candidate as Event;
  return [
    ...envelope,
    ...(sound('event_id') && event.event_id === NO_ID ? [noId] : []),
    ...(sound('occurred_at') ? timeProblems(event.occurred_at, arrival) : []),
    ...(sound('user_id', 'anonymous_id', 'consent')
      ? identityProblems(event, completedProperties(event))
      : []),
    ...(sound('name') ? planProblems(event, sound('properties')) : []).filter(
      // Of a login it is the envelope's.
      ({ field }) => field !== 'properties.user_id' || sound('user_id'),
    ),
  ];
}

/** Of the name, and of properties if they are such. */
function planProblems(event: Event, readable: boolean): Problem[] {
  const entry = planned(event.name);
  const properties = readable ? completedProperties(event) : {};
  if ('field' in entry) return [entry, ...sizeProblems([], properties)];
  if (!readable) return [];
  return [...propertyProblems(entry, properties), ...sizeProblems(entry.pii, properties)];
}

function sizeProblems(pii: PlannedEvent['pii'], properties: Record<string, unknown>): Problem[] {
  if (deeperThan(properties, MAX_PROPERTIES_DEPTH)) return [tooDeep];
  const { length } = JSON.stringify(withoutPersonal(pii, properties));
  return length > MAX_PROPERTIES_LENGTH ? [tooLong(length)] : [];
}

function timeProblems(sent: string | number, arrival: Arrival): Problem[] {
  const field = 'occurred_at';
  const ms = parseInstant(sent);
  if (ms === undefined) {
    const allowed = 'ISO 8601 with a zone, epoch seconds or epoch milliseconds, from 1970 on';
    return [{ field, message: `${field} is ${inWords(sent)}; allowed: ${allowed}` }];
  }
  if (ms <= arrival.receivedMs + MAX_AHEAD_MS) return [];
  return [{ field, message: `${field} is ${JSON.stringify(sent)}, more than 24 hours ahead` }];
}

const noId: Problem = {
  field: 'event_id',
  message: 'event_id is all zeros; allowed: a UUID made for this event alone',
};

const tooDeep: Problem = {
  field: 'properties',
  message: `properties are nested more than ${MAX_PROPERTIES_DEPTH} deep`,
};

export const tooLong = (length: number): Problem => ({
  field: 'properties',
  message: `properties have ${length} characters as JSON; at most ${MAX_PROPERTIES_LENGTH} are allowed`,
});
