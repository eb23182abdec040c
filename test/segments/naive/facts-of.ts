import type { FactEvent, Facts } from '../../../lambdas/segments/evaluate/facts.ts';
import { populationOf } from '../../../lambdas/segments/evaluate/population.ts';
import type { PlainRule } from '../../../lambdas/segments/rule/plain.ts';
import { histories } from './history.ts';
import type { Told, World } from './world.ts';

const factEvent = (event: Told): FactEvent => ({
  eventId: event.eventId,
  name: event.name,
  occurredAt: event.occurredAt,
  properties: event.properties,
  envelope: event.envelope,
});

/** What is known of each person of a world, asked about with a rule. */
export function factsIn(of: World, rule: PlainRule): (id: string) => Facts {
  const events = eventsIn(of);
  const population = populationOf(rule, events.values(), of);
  return (id) => ({
    attributes: of.members.get(id) ?? {},
    events: events.get(id) ?? [],
    lists: holding(of.lists, id),
    queries: holding(of.queries, id),
    population,
  });
}

const remembered = new WeakMap<World, ReadonlyMap<string, readonly FactEvent[]>>();
function eventsIn(of: World): ReadonlyMap<string, readonly FactEvent[]> {
  const known =
    remembered.get(of) ?? new Map([...histories(of)].map(([id, told]) => [id, told.map(factEvent)]));
  remembered.set(of, known);
  return known;
}

const holding = (sets: ReadonlyMap<string, ReadonlySet<string>>, id: string): ReadonlySet<string> =>
  new Set([...sets].flatMap(([name, ids]) => (ids.has(id) ? [name] : [])));

/** Everybody in a world; who only a query names is known to rules that ask it. */
export const everybodyIn = (of: World): string[] => [
  ...new Set([...of.members.keys(), ...eventsIn(of).keys()]),
];
