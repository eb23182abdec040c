import { type PlannedEvent, plan } from '../../schemas/events/plan/generated/plan.js';
import type { Problem } from '../shared/errors.ts';
import { problemsOf, suggestion } from '../shared/validation.ts';

const events = new Map<string, PlannedEvent>(Object.entries(plan));

/** The plan's entry for an event name (schemas/events/plan/<name>.json), or what to tell the sender of an unknown one. */
export function planned(name: string): PlannedEvent | Problem {
  return (
    events.get(name) ?? {
      field: 'name',
      message: `name is "${name.slice(0, 64)}", which the tracking plan does not have${suggestion(name, events.keys())}`,
    }
  );
}

/** Which properties of an event by this name do not reach the stream as they are; none when the plan does not have it. */
export const personalOf = (name: string): PlannedEvent['pii'] => events.get(name)?.pii ?? [];

/** What is wrong with an event's properties; empty when its schema is satisfied. */
export const propertyProblems = (event: PlannedEvent, properties: Record<string, unknown>): Problem[] =>
  event.validate(properties) ? [] : problemsOf(event.validate, properties, 'properties');
