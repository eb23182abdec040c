/** Small worlds of events in browsers that members share, and what the spec says of each member's state in the end. */
import fc from 'fast-check';
import type { EventRow } from '../../../lambdas/events/index.ts';

export const START = Date.UTC(2026, 10, 1);
const lake = (ms: number) => new Date(ms).toISOString().replace('T', ' ').slice(0, 23);
const iso = (ms: number) => new Date(ms).toISOString();

export interface Told {
  readonly id: string;
  readonly name: string;
  readonly userId?: string;
  readonly browser?: string;
  /** By the client's clock, and on arrival: epoch milliseconds. */
  readonly occurred: number;
  readonly received: number;
  readonly properties: Readonly<Record<string, unknown>>;
}

export const MEMBERS = ['kim', 'lee', 'park'] as const;

interface Place {
  readonly userId?: string;
  readonly browser?: string;
}
const inBrowsers = (users: readonly string[], browsers: readonly string[]): Place[] =>
  users.flatMap((userId) => browsers.map((browser) => ({ userId, browser })));
const without = (browsers: readonly string[]): Place[] => browsers.map((browser) => ({ browser }));
const BROWSERS = ['b1', 'b2', 'b3'];

/** Half of what happens happens without a name. */
const anywhere = fc.oneof(
  fc.constantFrom(...without(BROWSERS)),
  fc.constantFrom(...MEMBERS.map((userId) => ({ userId })), ...inBrowsers(MEMBERS, BROWSERS)),
);
/** Much in a few browsers, of which members come back to each. */
const crowded = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...without(['b1', 'b2'])) },
  { weight: 2, arbitrary: fc.constantFrom(...inBrowsers(['kim', 'lee'], ['b1', 'b2'])) },
);
const itemId = fc.constantFrom('P1', 'P2', 'P3', 'P4');
const kind = fc.oneof(
  fc.record({ name: fc.constantFrom('page_view', 'login'), about: fc.constant({}) }),
  fc.record({ name: fc.constant('view_item'), about: fc.record({ item_id: itemId }) }),
  fc.record({
    name: fc.constantFrom('add_to_cart', 'remove_from_cart'),
    about: fc.record({
      item_id: itemId,
      quantity: fc.integer({ min: 1, max: 3 }),
      price: fc.constantFrom(9, 19.9),
    }),
  }),
  fc.integer({ min: 1, max: 24 }).map((order) => ({
    name: 'purchase',
    // Two reports of one order agree on what it was worth.
    about: { transaction_id: `t${order}`, revenue: order * 10.5, currency: order % 2 ? 'KRW' : 'USD' },
  })),
);

const MINUTE = 60_000;
export interface Asked {
  readonly most: number;
  /** Whether each happens later than the one before; else many happen at one instant, and some clocks run ahead. */
  readonly inOrder: boolean;
  readonly isCrowded?: boolean;
}

export const worlds = ({ most, inOrder, isCrowded = false }: Asked): fc.Arbitrary<Told[]> =>
  fc
    .array(fc.tuple(isCrowded ? crowded : anywhere, kind, fc.integer({ min: 0, max: 12 }), fc.nat(5)), {
      minLength: 2,
      maxLength: most,
      size: 'max',
    })
    .map((all) =>
      withCertainCarts(
        all.map(([where, { name, about }, minute, ahead], index): Told => {
          const tied = START + minute * MINUTE;
          // Changes of the cart at one instant are in no order that anybody could tell.
          const occurred = inOrder ? START + index * MINUTE : name.includes('cart') ? tied + index + 1 : tied;
          const received = ahead === 0 && !inOrder ? START + 3 * MINUTE - index : START + 86_400_000;
          const word = 'item_id' in about ? { item_name: `${about.item_id} at ${occurred}` } : {};
          return { id: `e${index}`, name, ...where, occurred, received, properties: { ...about, ...word } };
        }),
      ),
    );

/**
 * Without what happened to carts between two reports of one order: a later report that is heard of first has emptied the
 * cart, and what was in it does not come back when it turns out that the order was placed before.
 */
function withCertainCarts(world: readonly Told[]): Told[] {
  const orders = placedIn(world);
  const reports = world.filter(({ name }) => name === 'purchase');
  const isBetween = (event: Told) =>
    reports.some((one) => at(event) <= at(one) && at(event) > (orders.get(orderOf(one)) ?? 0));
  return world.filter((event) => !event.name.endsWith('_cart') || !isBetween(event));
}

const orderOf = ({ properties }: Told): string => String(properties['transaction_id']);

/** When each order was placed: its first report says. */
function placedIn(events: readonly Told[]): Map<string, number> {
  const placed = new Map<string, number>();
  for (const event of events)
    if (event.name === 'purchase')
      placed.set(orderOf(event), Math.min(at(event), placed.get(orderOf(event)) ?? Number.POSITIVE_INFINITY));
  return placed;
}

export const rowOf = ({ id, name, userId, browser, occurred, received, properties }: Told): EventRow =>
  ({
    event_id: id,
    name,
    occurred_at: lake(occurred),
    received_at: lake(received),
    source: 'server',
    ...(userId === undefined ? {} : { user_id: userId }),
    ...(browser === undefined ? {} : { anonymous_id: browser }),
    bot: false,
    properties: JSON.stringify(properties),
  }) as EventRow;

/** Whose an event is: who it names, else the first who is named in its browser then or later. */
function ownerIn(world: readonly Told[], { userId, browser, occurred }: Told): string | undefined {
  if (userId !== undefined) return userId;
  return world
    .filter((one) => one.userId !== undefined && one.browser === browser && one.occurred >= occurred)
    .sort((a, b) => a.occurred - b.occurred || ((a.userId ?? '') < (b.userId ?? '') ? -1 : 1))[0]?.userId;
}

/** What GET of each member tells of their state, from the spec alone, with the names of items as messages would have them. */
export function expectedOf(world: readonly Told[]): Map<string, object> {
  const byMember = new Map<string, Told[]>();
  for (const event of world) {
    const owner = ownerIn(world, event);
    if (owner !== undefined) byMember.set(owner, [...(byMember.get(owner) ?? []), event]);
  }
  return new Map([...byMember].map(([userId, events]) => [userId, stateOf(events)]));
}

const at = ({ occurred, received }: Told): number => Math.min(occurred, received);

function stateOf(events: readonly Told[]) {
  const times = events.map(at);
  const purchases = events.filter(({ name }) => name === 'purchase');
  const orders = new Map(purchases.map(({ properties }) => [properties['transaction_id'], properties]));
  const bought = purchases.length === 0 ? undefined : Math.max(...placedIn(events).values());
  const counts: Record<string, number> = {};
  for (const { name } of events) counts[name] = name === 'purchase' ? orders.size : (counts[name] ?? 0) + 1;
  const revenue: Record<string, number> = {};
  for (const order of orders.values())
    revenue[String(order['currency'])] = (revenue[String(order['currency'])] ?? 0) + Number(order['revenue']);
  const cart = cartOf(events.filter((event) => bought === undefined || at(event) > bought));
  const recent = recentOf(events);
  const nameOf = (id: string) => wordOf(events, id, bought);
  return {
    view: {
      firstSeenAt: iso(Math.min(...times)),
      lastSeenAt: iso(Math.max(...times)),
      events: counts,
      recentItems: recent,
      cart,
      orders: orders.size,
      revenue,
      lastPurchaseAt: bought === undefined ? null : iso(bought),
    },
    cart: cart.map(({ itemId: id }) => nameOf(id)),
    viewed: recent.map(({ itemId: id }) => nameOf(id)),
  };
}

function recentOf(events: readonly Told[]) {
  const last = new Map<string, number>();
  for (const event of events.filter(({ name }) => name === 'view_item')) {
    const id = String(event.properties['item_id']);
    last.set(id, Math.max(at(event), last.get(id) ?? 0));
  }
  return [...last]
    .sort(([a, first], [b, second]) => second - first || (a < b ? -1 : 1))
    .map(([id, ms]) => ({ itemId: id, at: iso(ms) }));
}

function cartOf(events: readonly Told[]) {
  const lines = new Map<string, { itemId: string; quantity: number; price: number; addedAt: string }>();
  const changes = events.filter(({ name }) => name.endsWith('_cart')).sort((a, b) => at(a) - at(b));
  for (const event of changes) {
    const id = String(event.properties['item_id']);
    const before = lines.get(id);
    const isAdded = event.name === 'add_to_cart';
    const quantity = (before?.quantity ?? 0) + Number(event.properties['quantity']) * (isAdded ? 1 : -1);
    const addedAt = isAdded ? iso(at(event)) : (before?.addedAt ?? '');
    if (quantity <= 0) lines.delete(id);
    else lines.set(id, { itemId: id, quantity, price: Number(event.properties['price']), addedAt });
  }
  return [...lines.values()].sort((a, b) => (a.addedAt < b.addedAt ? 1 : -1));
}

/** The last that was told of the item, by a view or by what went into the cart since it was emptied. */
function wordOf(events: readonly Told[], id: string, bought = 0): unknown {
  return events
    .filter(({ name, properties }) => properties['item_id'] === id && name !== 'remove_from_cart')
    .filter((event) => event.name === 'view_item' || at(event) > bought)
    .sort(
      (a, b) =>
        at(b) - at(a) || (String(a.properties['item_name']) < String(b.properties['item_name']) ? 1 : -1),
    )[0]?.properties['item_name'];
}
