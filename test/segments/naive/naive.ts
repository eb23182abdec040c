/**
 * Who is in a rule, read aloud from the docstrings of lambdas/segments/rule/plain.ts: every question is asked of every
 * person's events one by one. It shares no code with the compiler or the evaluator.
 */
import { Temporal } from 'temporal-polyfill';
import type { AttributeValue } from '../../../lambdas/segments/evaluate/facts.ts';
import type {
  ComputedTest,
  ComputedValue,
  CountTest,
  EdgeTest,
  EventMatch,
  PlainCondition,
  PlainRule,
  PropertyTest,
  SequenceTest,
  Window,
} from '../../../lambdas/segments/rule/plain.ts';
import type { Scalar, ValueTest } from '../../../lambdas/segments/rule/test.ts';
import { byCharacters, histories } from './history.ts';
import type { Told, World } from './world.ts';

const DAY_MS = 24 * 60 * 60 * 1000;

/** The members of a rule, sorted. */
export function naiveMembers(rule: PlainRule, world: World): string[] {
  const known = knownOf(world);
  const everybody = new Set([...known.people, ...broughtBy(rule, world)]);
  return [...everybody].filter((id) => holds(rule, id, known)).sort();
}

/** Whether one person is in it. */
export const naiveHolds = (rule: PlainRule, id: string, world: World): boolean =>
  holds(rule, id, knownOf(world));

interface Known {
  readonly world: World;
  readonly histories: ReadonlyMap<string, readonly Told[]>;
  readonly people: ReadonlySet<string>;
}

const remembered = new WeakMap<World, Known>();
function knownOf(world: World): Known {
  let known = remembered.get(world);
  if (known === undefined) {
    const found = histories(world);
    known = { world, histories: found, people: new Set([...world.members.keys(), ...found.keys()]) };
    remembered.set(world, known);
  }
  return known;
}

/** Who is known by the rule itself: on its lists, or returned by its queries. */
export function broughtBy(rule: PlainRule, world: World): string[] {
  if ('of' in rule) return rule.of.flatMap((part) => broughtBy(part, world));
  if (rule.kind === 'list') return [...(world.lists.get(rule.list) ?? [])];
  return rule.kind === 'query' ? [...(world.queries.get(rule.sql) ?? [])] : [];
}

function holds(rule: PlainRule, id: string, known: Known): boolean {
  if (!('of' in rule)) return condition(rule, id, known);
  if (rule.kind === 'all') return rule.of.every((part) => holds(part, id, known));
  const some = rule.of.some((part) => holds(part, id, known));
  return rule.kind === 'any' ? some : !some;
}

function condition(test: PlainCondition, id: string, known: Known): boolean {
  const { world } = known;
  const events = known.histories.get(id) ?? [];
  switch (test.kind) {
    case 'attribute':
      return ofAttribute(test.test, world.members.get(id)?.[test.attribute], world);
    case 'list':
      return world.lists.get(test.list)?.has(id) ?? false;
    case 'query':
      return world.queries.get(test.sql)?.has(id) ?? false;
    case 'count':
      return counted(test, events, world);
    case 'first':
    case 'last':
      return edge(test, events, world);
    case 'sequence':
      return followed(test, events, world);
    case 'computed':
      return computed(test, id, known);
  }
}

/** The attributes of these worlds are texts, numbers, truths and lists; dates are tested where dates are compared. */
function ofAttribute(test: ValueTest, value: AttributeValue | undefined, _world: World): boolean {
  if (test.operator === 'exists') return (value !== undefined) === test.bound;
  if (test.operator === 'isNot')
    return Array.isArray(value) ? !value.includes(test.bound) : value !== test.bound;
  if (value === undefined) return false;
  const elements: readonly Scalar[] = Array.isArray(value) ? value : [value as Scalar];
  if (test.operator === 'is') return elements.includes(test.bound);
  if (test.operator === 'in') return elements.some((element) => test.bound.includes(element));
  if (test.operator === 'contains')
    return Array.isArray(value)
      ? value.includes(test.bound)
      : typeof value === 'string' && value.includes(test.bound);
  if (test.operator === 'atLeast')
    return elements.some((one) => typeof one === 'number' && one >= Number(test.bound));
  if (test.operator === 'atMost')
    return elements.some((one) => typeof one === 'number' && one <= Number(test.bound));
  throw new Error(`Not in these worlds: ${test.operator}`);
}

function inWindow(at: number, window: Window, { now, timeZone }: World): boolean {
  if (window.kind === 'kept') return true;
  if (window.kind === 'last') return at >= now - window.ms;
  const day = Temporal.Instant.fromEpochMilliseconds(at)
    .toZonedDateTimeISO(timeZone)
    .toPlainDate()
    .toString();
  return window.from <= day && day <= window.to;
}

const WITHOUT_A_VISIT = ['refund', 'message_open', 'unsubscribe'];

function matches(event: Told, match: EventMatch): boolean {
  const named = match.name === '*' ? !WITHOUT_A_VISIT.includes(event.name) : event.name === match.name;
  return named && match.where.every((test) => property(event, test));
}

function property(event: Told, { property: name, test }: PropertyTest): boolean {
  if (Object.hasOwn(event.envelope, name)) return ofValue(test, event.envelope[name]);
  if (!name.startsWith('items.')) return ofValue(test, event.properties[name]);
  const listed = event.properties['items'];
  const items: unknown[] = Array.isArray(listed) ? listed : [];
  const values = items.map((item) => (item as Record<string, unknown> | null)?.[name.slice('items.'.length)]);
  if (test.operator === 'isNot') return values.every((value) => ofValue(test, value));
  if (test.operator === 'exists') return values.some((value) => value != null) === test.bound;
  return values.some((value) => ofValue(test, value));
}

/** "A number bound compares numbers (a text that is a number counts as one), a text bound texts, a truth truths." */
function ofValue(test: ValueTest, value: unknown): boolean {
  const missing = value === undefined || value === null;
  if (test.operator === 'exists') return !missing === test.bound;
  if (test.operator === 'isNot') return missing || !same(value, test.bound);
  if (missing) return false;
  if (test.operator === 'is') return same(value, test.bound);
  if (test.operator === 'in') return test.bound.some((bound) => same(value, bound));
  if (test.operator === 'contains') return typeof value === 'string' && value.includes(test.bound);
  if (typeof test.bound !== 'number') return false;
  const number = asNumber(value);
  if (number === undefined) return false;
  if (test.operator === 'atLeast') return number >= test.bound;
  return test.operator === 'atMost' && number <= test.bound;
}

const same = (value: unknown, bound: Scalar): boolean =>
  typeof bound === 'number' ? asNumber(value) === bound : value === bound;

function asNumber(value: unknown): number | undefined {
  if (typeof value === 'number') return value;
  if (typeof value !== 'string' || !/^[-+.\deE]+$/.test(value) || value.startsWith('+')) return undefined;
  return Number.isNaN(Number(value)) ? undefined : Number(value);
}

function counted(
  { event, window, atLeast, atMost }: CountTest,
  events: readonly Told[],
  world: World,
): boolean {
  const times = events.filter((one) => matches(one, event) && inWindow(one.occurredAt, window, world)).length;
  return times >= atLeast && (atMost === undefined || times <= atMost);
}

function edge({ kind, event, window }: EdgeTest, events: readonly Told[], world: World): boolean {
  const named = events.filter((one) => matches(one, { name: event.name, where: [] })).sort(inOrder);
  const one = kind === 'first' ? named[0] : named.at(-1);
  return one !== undefined && matches(one, event) && inWindow(one.occurredAt, window, world);
}

const inOrder = (a: Told, b: Told): number => a.occurredAt - b.occurredAt || (a.eventId < b.eventId ? -1 : 1);

function followed(test: SequenceTest, events: readonly Told[], world: World): boolean {
  const { first, then, came, withinMs, window } = test;
  return events.some((one) => {
    if (!matches(one, first) || !inWindow(one.occurredAt, window, world)) return false;
    const after = events.some(
      (other) =>
        matches(other, then) &&
        other.occurredAt > one.occurredAt &&
        (withinMs === undefined || other.occurredAt <= one.occurredAt + withinMs),
    );
    if (came) return after;
    return !after && (withinMs === undefined || world.now - one.occurredAt > withinMs);
  });
}

function computed(test: ComputedTest, id: string, known: Known): boolean {
  const own = computedOf(test.value, id, test.window, known);
  if (test.test.operator !== 'topPercent') return ofValue(test.test, own);
  if (own === undefined) return false;
  const counts = test.value === 'orders' || test.value === 'revenue';
  const values = [...known.people].flatMap((one) => {
    if (counts && ordersOf(one, test.window, known).length === 0) return [];
    return computedOf(test.value, one, test.window, known) ?? [];
  });
  if (counts && ordersOf(id, test.window, known).length === 0) return false;
  const rank = 1 + values.filter((other) => Number(other) > Number(own)).length;
  // Hundredths of a percent, so that no digit is lost.
  return rank <= Math.ceil((values.length * Math.round(test.test.bound * 100)) / 10_000);
}

function inside(id: string, window: Window, known: Known): Told[] {
  const events = known.histories.get(id) ?? [];
  return events.filter(({ occurredAt }) => inWindow(occurredAt, window, known.world)).sort(inOrder);
}

const ordersOf = (id: string, window: Window, known: Known): Told[] =>
  inside(id, window, known).filter(({ name }) => name === 'purchase');

function computedOf(
  value: ComputedValue,
  id: string,
  window: Window,
  known: Known,
): number | string | undefined {
  const orders = ordersOf(id, window, known);
  const active = inside(id, window, known).filter(({ name }) => !WITHOUT_A_VISIT.includes(name));
  switch (value) {
    case 'orders':
      return orders.length;
    case 'revenue':
      return revenueOf(orders);
    case 'averageOrder':
      return orders.length === 0 ? undefined : revenueOf(orders) / orders.length;
    case 'daysSinceLastOrder':
      return wholeDays(orders.at(-1), known.world);
    case 'daysSinceFirstSeen':
      return wholeDays(active[0], known.world);
    case 'daysSinceLastSeen':
      return wholeDays(active.at(-1), known.world);
    case 'couponShare':
      return orders.length === 0 ? undefined : orders.filter(withCoupon).length / orders.length;
    case 'orderGapRatio':
      return gapRatio(orders, known.world);
    case 'preferredCategory':
      return favourite(inside(id, window, known).filter(({ name }) => name === 'view_item'));
    default:
      return score(value, id, window, known);
  }
}

/** In whole ten-thousandths, so that 0.1 + 0.2 is 0.3, and rounded by the digits that were told. */
function revenueOf(orders: readonly Told[]): number {
  const parts = orders.map(({ properties }) => {
    const [whole = '', behind = ''] = String(properties['revenue']).split('.');
    const digits = behind.padEnd(5, '0');
    return BigInt(`${whole}${digits.slice(0, 4)}`) + (digits.charAt(4) >= '5' ? 1n : 0n);
  });
  return Number(parts.reduce((sum, part) => sum + part, 0n)) / 10_000;
}

const wholeDays = (event: Told | undefined, { now }: World): number | undefined =>
  event === undefined ? undefined : Math.max(0, Math.floor((now - event.occurredAt) / DAY_MS));

function withCoupon({ properties }: Told): boolean {
  const coupon = properties['coupon'];
  return (coupon !== undefined && coupon !== null && coupon !== '') || properties['coupon_used'] === true;
}

function gapRatio(orders: readonly Told[], { now }: World): number | undefined {
  const gaps = orders
    .slice(1)
    .map((order, index) => order.occurredAt - (orders[index]?.occurredAt ?? 0))
    .sort((a, b) => a - b);
  const middle = gaps.length / 2;
  const median =
    gaps.length % 2 === 1 ? gaps[Math.floor(middle)] : ((gaps[middle - 1] ?? 0) + (gaps[middle] ?? 0)) / 2;
  const last = orders.at(-1);
  if (last === undefined || median === undefined || !(median > 0)) return undefined;
  return (now - last.occurredAt) / median;
}

function favourite(views: readonly Told[]): string | undefined {
  const categories = views.map(({ properties, occurredAt }) => ({
    name: properties['category'],
    occurredAt,
  }));
  const ranked = [...new Set(categories.map(({ name }) => name))]
    .filter((name) => typeof name === 'string')
    .map((name) => {
      const seen = categories.filter((one) => one.name === name);
      return { name, times: seen.length, last: Math.max(...seen.map(({ occurredAt }) => occurredAt)) };
    })
    .sort((a, b) => b.times - a.times || b.last - a.last || byCharacters(a.name, b.name));
  return ranked[0]?.name;
}

function score(
  value: 'recency' | 'frequency' | 'monetary',
  id: string,
  window: Window,
  known: Known,
): number | undefined {
  const of = (one: string): number | undefined => {
    const orders = ordersOf(one, window, known);
    if (orders.length === 0) return undefined;
    if (value === 'recency') return orders.at(-1)?.occurredAt;
    return value === 'frequency' ? orders.length : revenueOf(orders);
  };
  const own = of(id);
  if (own === undefined) return undefined;
  const all = [...known.people].flatMap((one) => of(one) ?? []);
  const below = all.filter((other) => other < own).length;
  // percent_rank = (rank - 1) / (number - 1), and 0 of one alone.
  return Math.min(5, 1 + (all.length === 1 ? 0 : Math.floor((5 * below) / (all.length - 1))));
}
