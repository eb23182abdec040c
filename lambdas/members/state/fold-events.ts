/** A person's state after some events. Pure. */
import type { EventRow } from '../../events/index.ts';
import { cartChanges } from './cart.ts';
import { CountedOrders } from './counted-orders.ts';
import { Counted, fingerprint } from './fingerprint.ts';
import { type Happening, type HappeningItem, happeningOf } from './happening.ts';
import type { CartChange, MemberState, RecentItem } from './member-state.ts';
import { withNamings } from './namings.ts';
import { latestTold, type ToldItem, tell } from './told-items.ts';

const MAX_RECENT_ITEMS = 20;
/** Items of which more than the id is kept. A cart waits while its owner looks at other things. */
export const TOLD_OF_VIEWED = 6;
export const TOLD_OF_CART = 12;
/** Fingerprints kept of a person; a batch may bring more, which are then kept until the next (a row holds 400 KB). */
export const KEPT_EVENTS = 128;
export const MOST_KEPT = 15_000;

/** A state in the making. */
interface Draft {
  firstSeenAt: string;
  lastSeenAt: string;
  events: Record<string, number>;
  recentItems: Map<string, string>;
  cartChanges: CartChange[];
  viewedTold: Map<string, ToldItem>;
  cartTold: Map<string, ToldItem>;
  orders: number;
  revenue: Record<string, number>;
  transactions: CountedOrders;
}

/**
 * Folds events of one member into their state; the very same object comes back when there was nothing new. An event
 * counts once by its event_id and a purchase once by its transaction_id, as far back as the fingerprints go; a batch
 * delivered twice in a row changes nothing. What is newer by its own time wins, and a client's clock that runs ahead counts as
 * its arrival; so the order of the events does not matter, unless reports of one order disagree (docs/adr/0015). Of the
 * links that browsers tell, those to `ownHosts` are kept. Events that name a browser as well make its anonymous events the
 * member's (namings.ts).
 */
export function foldEvents(
  state: MemberState | undefined,
  rows: readonly EventRow[],
  ownHosts: readonly string[] = [],
): MemberState | undefined {
  const counted = new Counted(state?.countedEvents ?? '');
  const fresh = freshOf(rows, counted);
  if (fresh.length === 0) return state;
  const draft = draftOf(state);
  for (const { row, by } of fresh) apply(draft, happeningOf(row, by, ownHosts));
  const browsers = withNamings(
    state?.browsers,
    fresh.map(({ row }) => row),
  );
  return finished(draft, counted, browsers);
}

/** What a person did besides, told one by one or summed up. */
export interface Deeds {
  readonly happened: readonly Happening[];
  readonly sums: readonly MemberState[];
}

/** Adds what turned out to be the person's to their state, by the same rules as their own events. */
export function withDeeds(
  state: MemberState | undefined,
  { happened, sums }: Deeds,
): MemberState | undefined {
  const counted = new Counted(state?.countedEvents ?? '');
  const fresh = happened.filter(({ by }) => counted.add(by));
  if (fresh.length + sums.length === 0) return state;
  const draft = draftOf(state);
  for (const sum of sums) addSum(draft, sum);
  for (const one of fresh) apply(draft, one);
  return finished(draft, counted, state?.browsers);
}

/** The rows that were not counted before, with their fingerprints; from now on they are. */
export const freshOf = (
  rows: readonly EventRow[],
  counted: Counted,
): { readonly row: EventRow; readonly by: string }[] =>
  rows.map((row) => ({ row, by: fingerprint(row.event_id) })).filter(({ by }) => counted.add(by));

function finished(draft: Draft, counted: Counted, browsers: MemberState['browsers']): MemberState {
  const orders = draft.transactions.kept(MOST_KEPT);
  return {
    firstSeenAt: draft.firstSeenAt,
    lastSeenAt: draft.lastSeenAt,
    events: draft.events,
    recentItems: latest(draft.recentItems),
    cartChanges: cartChanges(draft.cartChanges, orders.lastPurchaseAt),
    ...toldOf(draft, orders.lastPurchaseAt),
    orders: draft.orders,
    revenue: draft.revenue,
    countedEvents: counted.kept(KEPT_EVENTS, MOST_KEPT),
    ...orders,
    ...(browsers === undefined || browsers.length === 0 ? {} : { browsers }),
  };
}

const draftOf = (state: MemberState | undefined): Draft => ({
  firstSeenAt: state?.firstSeenAt ?? '',
  lastSeenAt: state?.lastSeenAt ?? '',
  events: { ...state?.events },
  recentItems: new Map(state?.recentItems.map(({ itemId, at }) => [itemId, at])),
  cartChanges: [...(state?.cartChanges ?? [])],
  viewedTold: byItem(state?.viewedTold),
  cartTold: byItem(state?.cartTold),
  orders: state?.orders ?? 0,
  revenue: { ...state?.revenue },
  transactions: new CountedOrders(state),
});

const byItem = (told: readonly ToldItem[] = []): Map<string, ToldItem> =>
  new Map(told.map((item) => [item.itemId, item]));

function toldOf({ viewedTold, cartTold }: Draft, emptiedAt: string | undefined): Partial<MemberState> {
  const viewed = latestTold(viewedTold.values(), TOLD_OF_VIEWED);
  const inCart = [...cartTold.values()].filter(({ at }) => emptiedAt === undefined || at > emptiedAt);
  return {
    ...(viewed.length === 0 ? {} : { viewedTold: viewed }),
    ...(inCart.length === 0 ? {} : { cartTold: latestTold(inCart, TOLD_OF_CART) }),
  };
}

/** An operator may call an event what objects have by birth. */
const add = (sums: Record<string, number>, name: string, amount: number): void => {
  sums[name] = (Object.hasOwn(sums, name) ? (sums[name] ?? 0) : 0) + amount;
};

const seen = (draft: Draft, from: string, to: string): void => {
  if (draft.firstSeenAt === '' || from < draft.firstSeenAt) draft.firstSeenAt = from;
  if (to > draft.lastSeenAt) draft.lastSeenAt = to;
};

const viewed = ({ recentItems }: Draft, itemId: string, at: string): void => {
  const before = recentItems.get(itemId);
  if (before === undefined || at > before) recentItems.set(itemId, at);
};

function apply(draft: Draft, happening: Happening): void {
  const { name, at, item, order } = happening;
  seen(draft, at, at);
  if (item !== undefined) applyItem(draft, happening, item);
  if (order !== undefined) {
    // Another report of an order that has been counted.
    if (!draft.transactions.add(order.print, at)) return;
    draft.orders++;
    add(draft.revenue, order.currency, order.amount);
  }
  add(draft.events, name, 1);
}

function applyItem(draft: Draft, { name, at, by }: Happening, item: HappeningItem): void {
  const { itemId, pieces, price, told } = item;
  const isView = name === 'view_item';
  if (told !== undefined) tell(isView ? draft.viewedTold : draft.cartTold, { itemId, at, ...told });
  if (isView) viewed(draft, itemId, at);
  else if (pieces !== undefined)
    draft.cartChanges.push({ at, by, itemId, pieces, ...(price === undefined ? {} : { price }) });
}

function addSum(draft: Draft, sum: MemberState): void {
  seen(draft, sum.firstSeenAt, sum.lastSeenAt);
  for (const [name, count] of Object.entries(sum.events)) add(draft.events, name, count);
  for (const { itemId, at } of sum.recentItems) viewed(draft, itemId, at);
  draft.cartChanges.push(...sum.cartChanges);
  for (const told of sum.viewedTold ?? []) tell(draft.viewedTold, told);
  for (const told of sum.cartTold ?? []) tell(draft.cartTold, told);
  draft.orders += sum.orders;
  for (const [currency, amount] of Object.entries(sum.revenue)) add(draft.revenue, currency, amount);
  draft.transactions.addAll(new CountedOrders(sum));
}

/** Latest first; of items seen at one instant the lower id comes first, so that arrival order does not show. */
function latest(items: ReadonlyMap<string, string>): RecentItem[] {
  return [...items]
    .map(([itemId, at]) => ({ itemId, at }))
    .sort((a, b) => (a.at === b.at ? (a.itemId < b.itemId ? -1 : 1) : a.at < b.at ? 1 : -1))
    .slice(0, MAX_RECENT_ITEMS);
}
