/** Whether an event is one that a rule means. Pure. */
import { holdsOf } from '../compile/holds.ts';
import { ANY_ACTIVITY, WITHOUT_VISIT } from '../compile/match-sql.ts';
import { EVENT_FIELDS } from '../rule/event-fields.ts';
import type { EventMatch, PropertyTest } from '../rule/plain.ts';
import type { Scalar } from '../rule/test.ts';
import type { FactEvent } from './facts.ts';

const ITEMS = 'items.';
const envelope = new Set(EVENT_FIELDS);
const withoutVisit = new Set(WITHOUT_VISIT);

type Test = (event: FactEvent) => boolean;

/** A person's events by name, made once however many conditions ask for them. */
const sorted = new WeakMap<readonly FactEvent[], ReadonlyMap<string, readonly FactEvent[]>>();
const NONE: readonly FactEvent[] = [];

/** The events of a name, `*` those of any activity. */
export function eventsNamed(events: readonly FactEvent[], name: string): readonly FactEvent[] {
  let byName = sorted.get(events);
  if (byName === undefined) {
    byName = sortedByName(events);
    sorted.set(events, byName);
  }
  return byName.get(name) ?? NONE;
}

function sortedByName(events: readonly FactEvent[]): ReadonlyMap<string, readonly FactEvent[]> {
  const byName = new Map<string, FactEvent[]>([[ANY_ACTIVITY, []]]);
  for (const event of events) {
    const same = byName.get(event.name);
    if (same === undefined) byName.set(event.name, [event]);
    else same.push(event);
    if (!withoutVisit.has(event.name)) byName.get(ANY_ACTIVITY)?.push(event);
  }
  return byName;
}

/** What must hold of an event of the match's name, prepared for many events; undefined when nothing more must. */
export function whereMatcher({ where }: EventMatch): Test | undefined {
  if (where.length === 0) return undefined;
  const tests = where.map(propertyMatcher);
  return (event) => tests.every((test) => test(event));
}

function propertyMatcher({ property, test }: PropertyTest): Test {
  if (property.startsWith(ITEMS)) return itemsMatcher(property.slice(ITEMS.length), test);
  if (envelope.has(property)) return (event) => holdsOf(test, event.envelope[property]);
  return ({ properties }) => propertyHolds(test, fieldOf(properties, property));
}

function itemsMatcher(name: string, test: PropertyTest['test']): Test {
  const any =
    (one: PropertyTest['test']): Test =>
    ({ properties }) => {
      const { items } = properties;
      return Array.isArray(items) && items.some((item: unknown) => propertyHolds(one, fieldOf(item, name)));
    };
  if (test.operator === 'isNot') return not(any({ operator: 'is', bound: test.bound }));
  if (test.operator === 'exists' && !test.bound) return not(any({ operator: 'exists', bound: true }));
  return any(test);
}

const not =
  (test: Test): Test =>
  (event) =>
    !test(event);

const fieldOf = (item: unknown, name: string): unknown =>
  typeof item === 'object' && item !== null && Object.hasOwn(item, name)
    ? (item as Record<string, unknown>)[name]
    : undefined;

/** JSON's null is no value; a list or an object is there and equal to nothing. */
function propertyHolds(test: PropertyTest['test'], value: unknown): boolean {
  const there = value !== undefined && value !== null;
  if (test.operator === 'exists') return there === test.bound;
  return holdsOf(test, there && typeof value !== 'object' ? (value as Scalar) : undefined);
}
