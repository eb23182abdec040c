/** Numbers and texts computed of one person's events. Pure. */
import { DAY_MS } from '../../shared/durations.ts';
import { TEN_THOUSANDTHS, tenThousandths } from '../../shared/money.ts';
import { numberOf } from '../compile/holds.ts';
import { ANY_ACTIVITY } from '../compile/match-sql.ts';
import { type Span, within } from '../compile/spans.ts';
import type { ComputedValue } from '../rule/plain.ts';
import type { Scalar } from '../rule/test.ts';
import type { FactEvent } from './facts.ts';
import { eventsNamed } from './match-event.ts';

/**
 * The value of the events in the span; undefined when there is none. Scores are told by what they rank: `recency` by the time of the
 * latest order, `frequency` by orders, `monetary` by revenue.
 */
export function computedValue(
  value: ComputedValue,
  events: readonly FactEvent[],
  span: Span,
  now: number,
): Scalar | undefined {
  const of = (name: string) => eventsNamed(events, name).filter((one) => within(one.occurredAt, span));
  switch (value) {
    case 'orders':
      return of('purchase').length;
    case 'revenue':
      return revenueOf(of('purchase'));
    case 'daysSinceFirstSeen':
      return daysSince(-latest(events, span, -1), now);
    case 'daysSinceLastSeen':
      return daysSince(latest(events, span, 1), now);
    case 'preferredCategory':
      return favourite(of('view_item'));
    default:
      return ofOrders(value, of('purchase'), now);
  }
}

function ofOrders(
  value: Exclude<
    ComputedValue,
    'orders' | 'revenue' | 'daysSinceFirstSeen' | 'daysSinceLastSeen' | 'preferredCategory'
  >,
  orders: readonly FactEvent[],
  now: number,
): number | undefined {
  if (orders.length === 0) return undefined;
  switch (value) {
    case 'averageOrder':
      return revenueOf(orders) / orders.length;
    case 'daysSinceLastOrder':
      return daysSince(lastOf(orders), now);
    case 'couponShare':
      return orders.filter(hasCoupon).length / orders.length;
    case 'orderGapRatio':
      return gapRatio(orders, now);
    case 'recency':
      return lastOf(orders);
    case 'frequency':
      return orders.length;
    case 'monetary':
      return revenueOf(orders);
  }
}

function revenueOf(orders: readonly FactEvent[]): number {
  let sum = 0;
  for (const { properties } of orders) {
    const revenue = properties['revenue'];
    const amount = typeof revenue === 'string' || typeof revenue === 'number' ? numberOf(revenue) : undefined;
    if (amount !== undefined) sum += tenThousandths(amount);
  }
  return sum / TEN_THOUSANDTHS;
}

const lastOf = (events: readonly FactEvent[]): number =>
  events.reduce((last, { occurredAt }) => Math.max(last, occurredAt), Number.NEGATIVE_INFINITY);

/** The latest activity in the span, or with -1 the earliest one's time below zero; not finite when there is none. */
function latest(events: readonly FactEvent[], span: Span, sign: 1 | -1): number {
  let found = Number.NEGATIVE_INFINITY;
  for (const { occurredAt } of eventsNamed(events, ANY_ACTIVITY))
    if (sign * occurredAt > found && within(occurredAt, span)) found = sign * occurredAt;
  return found;
}

const daysSince = (at: number, now: number): number | undefined =>
  Number.isFinite(at) ? Math.max(0, Math.floor((now - at) / DAY_MS)) : undefined;

function hasCoupon({ properties }: FactEvent): boolean {
  const { coupon } = properties;
  return (typeof coupon === 'string' && coupon !== '') || properties['coupon_used'] === true;
}

function gapRatio(orders: readonly FactEvent[], now: number): number | undefined {
  const times = Float64Array.from(orders, ({ occurredAt }) => occurredAt).sort();
  const gaps = times
    .slice(1)
    .map((at, index) => at - (times[index] ?? 0))
    .sort();
  const middle = gaps.length / 2;
  const median = ((gaps[Math.ceil(middle) - 1] ?? 0) + (gaps[Math.floor(middle)] ?? 0)) / 2;
  return median > 0 ? (now - (times.at(-1) ?? 0)) / median : undefined;
}

interface Seen {
  readonly name: string;
  times: number;
  last: number;
}

function favourite(views: readonly FactEvent[]): string | undefined {
  const seen = new Map<string, Seen>();
  for (const { properties, occurredAt } of views) {
    const name = properties['category'];
    if (typeof name !== 'string') continue;
    const known = seen.get(name);
    if (known === undefined) seen.set(name, { name, times: 1, last: occurredAt });
    else {
      known.times += 1;
      known.last = Math.max(known.last, occurredAt);
    }
  }
  let best: Seen | undefined;
  for (const one of seen.values()) if (best === undefined || isBefore(one, best)) best = one;
  return best?.name;
}

const isBefore = (one: Seen, other: Seen): boolean =>
  one.times !== other.times
    ? one.times > other.times
    : one.last !== other.last
      ? one.last > other.last
      : compareText(one.name, other.name) < 0;

/** By code points, as both engines order texts; JavaScript's own order is by halves of them. */
export function compareText(one: string, other: string): number {
  const [a, b] = [[...one], [...other]];
  for (let index = 0; index < Math.min(a.length, b.length); index++) {
    const order = (a[index]?.codePointAt(0) ?? 0) - (b[index]?.codePointAt(0) ?? 0);
    if (order !== 0) return order;
  }
  return a.length - b.length;
}
