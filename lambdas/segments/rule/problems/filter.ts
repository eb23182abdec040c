import type { Problem } from '../../../shared/errors.ts';
import { suggestion } from '../../../shared/validation.ts';
import { EVENT_FIELDS } from '../event-fields.ts';
import type { Known, KnownEvent, KnownProperty } from '../known.ts';
import { testOf } from '../operators.ts';
import { ANY_EVENT, type Filter, type PropertyCondition } from '../rule.ts';
import type { ValueTest } from '../test.ts';
import { boundProblems } from './bounds.ts';
import { operatorProblems, PROPERTY, shapeProblems } from './shape.ts';

/** An event that the tracking plan does not have. */
export function eventProblems(name: string, known: Known, field: string): Problem[] {
  if (name === ANY_EVENT || Object.hasOwn(known.events, name)) return [];
  const message = `${field}: the tracking plan has no event "${name}"${suggestion(name, Object.keys(known.events))}`;
  return [{ field, message }];
}

/** What is wrong with the conditions on an event's properties. */
export function filterProblems(
  event: string | undefined,
  { where = [] }: Filter,
  known: Known,
  at: string,
): Problem[] {
  return where.flatMap((condition, index) => {
    const place = `${at}.where.${index}`;
    const shape = [
      ...shapeProblems(PROPERTY, condition, place),
      ...operatorProblems(PROPERTY, condition, place),
    ];
    return shape.length > 0 ? shape : propertyProblems(event, condition, known, place);
  });
}

function propertyProblems(
  event: string | undefined,
  condition: PropertyCondition,
  known: Known,
  at: string,
): Problem[] {
  const test = testOf(condition);
  const wrong = boundProblems(test, at);
  if (
    wrong.length === 0 &&
    (test.operator === 'atLeast' || test.operator === 'atMost') &&
    typeof test.bound !== 'number'
  )
    wrong.push({
      field: `${at}.${test.operator}`,
      message: `${at}.${test.operator} is ${JSON.stringify(test.bound)}; allowed: a number`,
    });
  return wrong.length > 0 ? wrong : nameProblems(event, condition.property, test, known, at);
}

function nameProblems(
  event: string | undefined,
  property: string,
  test: ValueTest,
  { events }: Known,
  at: string,
): Problem[] {
  if (EVENT_FIELDS.includes(property)) return [];
  const candidates = candidatesOf(event, events);
  // What is wrong with the event's name is told where it stands.
  if (candidates === undefined) return [];
  const found = candidates.flatMap(({ properties }) =>
    Object.hasOwn(properties, property) ? (properties[property] ?? []) : [],
  );
  if (found.length === 0) return [unknownProperty(event, property, candidates, `${at}.property`)];
  // Of any activity, one event that has it so is enough.
  const wrong = found.map((one) => [
    ...unaskable(one, property, test, `${at}.property`),
    ...unlike(one, property, test, at),
  ]);
  return wrong.some((one) => one.length === 0) ? [] : (wrong[0] ?? []);
}

function candidatesOf(event: string | undefined, events: Known['events']): readonly KnownEvent[] | undefined {
  if (event === ANY_EVENT) return Object.values(events);
  const found = event !== undefined && Object.hasOwn(events, event) ? events[event] : undefined;
  return found && [found];
}

function unknownProperty(
  event: string | undefined,
  property: string,
  candidates: readonly KnownEvent[],
  field: string,
): Problem {
  const names = new Set([
    ...candidates.flatMap(({ properties }) => Object.keys(properties)),
    ...EVENT_FIELDS,
  ]);
  const owner = event === ANY_EVENT ? 'no event has a' : `"${event}" has no`;
  return { field, message: `${field}: ${owner} property "${property}"${suggestion(property, names)}` };
}

/** What of a property reaches the lake in a form that can be compared. */
function unaskable(
  { type, personal }: KnownProperty,
  property: string,
  test: ValueTest,
  field: string,
): Problem[] {
  const told = (why: string) => [{ field, message: `${field}: ${why}` }];
  if (personal === 'drop')
    return told(`"${property}" is personal and dropped before it is kept; nothing can be asked of it`);
  if (test.operator === 'exists') return [];
  if (personal === 'hash') return told(`of "${property}" only a hash is kept; allowed: exists`);
  return type === 'array' || type === 'object'
    ? told(`"${property}" holds more than one value; allowed: exists`)
    : [];
}

/** What a bound may be, by what the tracking plan says that the property is; a text may spell a number. */
const BOUNDS: Readonly<Record<string, readonly string[]>> = {
  string: ['string', 'number'],
  number: ['number'],
  integer: ['number'],
  boolean: ['boolean'],
};

/** A bound that no value of the property can ever meet. */
function unlike(
  { type }: KnownProperty,
  property: string,
  { operator, bound }: ValueTest,
  at: string,
): Problem[] {
  const allowed = BOUNDS[type];
  if (operator === 'exists' || allowed === undefined) return [];
  const bounds: readonly unknown[] = Array.isArray(bound) ? bound : [bound];
  if (bounds.every((one) => allowed.includes(typeof one))) return [];
  const field = `${at}.${operator}`;
  return [
    {
      field,
      message: `${field} is ${JSON.stringify(bound)}, and "${property}" is a ${type}; allowed: a ${allowed[0]}`,
    },
  ];
}
