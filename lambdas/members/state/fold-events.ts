/** A person's state after some events. Pure. */
import type { EventRow } from '../../events/index.ts';
import { cartChanges } from './cart.ts';
import { Counted, fingerprint } from './fingerprint.ts';
import { type CartChange, type MemberState, REVENUE_SCALE, type RecentItem } from './member-state.ts';
import { latestTold, type ToldItem, tell, toldBy } from './told-items.ts';

const MAX_RECENT_ITEMS = 20;
/** Items of which more than the id is kept. A cart waits while its owner looks at other things. */
const TOLD_OF_VIEWED = 6;
const TOLD_OF_CART = 12;
/** Fingerprints kept of a person; a batch may bring more, which are then kept until the next (a row holds 400 KB). */
const KEPT_EVENTS = 128;
const KEPT_TRANSACTIONS = 64;
const MOST_KEPT = 20_000;

/** A state in the making. */
interface Draft {
  firstSeenAt: string;
  lastSeenAt: string;
  events: Record<string, number>;
  recentItems: Map<string, string>;
  cartChanges: CartChange[];
  viewedTold: Map<string, ToldItem>;
  cartTold: Map<string, ToldItem>;
  lastPurchaseAt: string | undefined;
  orders: number;
  revenue: Record<string, number>;
  transactions: Counted;
}

/**
 * Folds events of one person into their state; the very same object comes back when there was nothing new. An event
 * counts once by its event_id and a purchase once by its transaction_id, as far back as the fingerprints go; a batch
 * delivered twice in a row changes nothing. The order of the events does not matter: what is newer by its own time
 * wins, and a client's clock that runs ahead counts as its arrival. Of the links that browsers tell, those to `ownHosts`
 * are kept.
 */
export function foldEvents(
  state: MemberState | undefined,
  rows: readonly EventRow[],
  ownHosts: readonly string[] = [],
): MemberState | undefined {
  const counted = new Counted(state?.countedEvents ?? '');
  const fresh = rows
    .map((row) => ({ row, by: fingerprint(row.event_id) }))
    .filter(({ by }) => counted.add(by));
  if (fresh.length === 0) return state;
  const draft = draftOf(state);
  for (const { row, by } of fresh) apply(draft, row, by, ownHosts);
  return {
    firstSeenAt: draft.firstSeenAt,
    lastSeenAt: draft.lastSeenAt,
    events: draft.events,
    recentItems: latest(draft.recentItems),
    cartChanges: cartChanges(draft.cartChanges, draft.lastPurchaseAt),
    ...toldOf(draft),
    ...(draft.lastPurchaseAt === undefined ? {} : { lastPurchaseAt: draft.lastPurchaseAt }),
    orders: draft.orders,
    revenue: draft.revenue,
    countedEvents: counted.kept(KEPT_EVENTS, MOST_KEPT),
    countedTransactions: draft.transactions.kept(KEPT_TRANSACTIONS, MOST_KEPT),
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
  lastPurchaseAt: state?.lastPurchaseAt,
  orders: state?.orders ?? 0,
  revenue: { ...state?.revenue },
  transactions: new Counted(state?.countedTransactions ?? ''),
});

const byItem = (told: readonly ToldItem[] = []): Map<string, ToldItem> =>
  new Map(told.map((item) => [item.itemId, item]));

function toldOf({ viewedTold, cartTold, lastPurchaseAt: emptiedAt }: Draft): Partial<MemberState> {
  const viewed = latestTold(viewedTold.values(), TOLD_OF_VIEWED);
  const inCart = [...cartTold.values()].filter(({ at }) => emptiedAt === undefined || at > emptiedAt);
  return {
    ...(viewed.length === 0 ? {} : { viewedTold: viewed }),
    ...(inCart.length === 0 ? {} : { cartTold: latestTold(inCart, TOLD_OF_CART) }),
  };
}

/** `YYYY-MM-DD HH:MM:SS.mmm` as ISO 8601. */
const iso = (lakeTimestamp: string): string => `${lakeTimestamp.slice(0, 10)}T${lakeTimestamp.slice(11)}Z`;

/** An operator may call an event what objects have by birth. */
const own = <Value>(record: Readonly<Record<string, Value>>, name: string): Value | undefined =>
  Object.hasOwn(record, name) ? record[name] : undefined;

function apply(draft: Draft, row: EventRow, by: string, ownHosts: readonly string[]): void {
  const ahead = row.occurred_at > row.received_at;
  const at = iso(ahead ? row.received_at : row.occurred_at);
  if (draft.firstSeenAt === '' || at < draft.firstSeenAt) draft.firstSeenAt = at;
  if (at > draft.lastSeenAt) draft.lastSeenAt = at;
  const effect = own(EFFECTS, row.name);
  if (effect !== undefined) {
    const properties = JSON.parse(row.properties) as Record<string, unknown>;
    const happening = { at, by, told: () => toldBy(row, properties, at, ownHosts) };
    if (effect(draft, properties, happening) === 'told before') return;
  }
  draft.events[row.name] = (own(draft.events, row.name) ?? 0) + 1;
}

interface Happening {
  readonly at: string;
  readonly by: string;
  /** What it tells of its item. */
  readonly told: () => ToldItem | undefined;
}

/** `told before`: another report of what has been counted. */
type Effect = (
  draft: Draft,
  properties: Record<string, unknown>,
  event: Happening,
) => 'told before' | undefined;

/** What particular events of the tracking plan mean beyond being counted. */
const EFFECTS: Readonly<Record<string, Effect>> = {
  view_item: ({ recentItems, viewedTold }, { item_id: itemId }, { at, told }) => {
    if (typeof itemId !== 'string') return undefined;
    tell(viewedTold, told());
    const seenAt = recentItems.get(itemId);
    if (seenAt === undefined || at > seenAt) recentItems.set(itemId, at);
    return undefined;
  },
  add_to_cart: (draft, properties, event) => {
    tell(draft.cartTold, event.told());
    return changeCart(draft, properties, event, 1);
  },
  remove_from_cart: (draft, properties, event) => changeCart(draft, properties, event, -1),
  purchase: (draft, { transaction_id: transaction, revenue, currency }, { at }) => {
    if (draft.lastPurchaseAt === undefined || at > draft.lastPurchaseAt) draft.lastPurchaseAt = at;
    if (!draft.transactions.add(fingerprint(String(transaction)))) return 'told before';
    draft.orders++;
    const amount = Math.round(Number(revenue) * REVENUE_SCALE);
    draft.revenue[String(currency)] = (draft.revenue[String(currency)] ?? 0) + amount;
    return undefined;
  },
};

function changeCart(
  draft: Draft,
  { item_id: itemId, quantity, price }: Record<string, unknown>,
  { at, by }: Happening,
  sign: 1 | -1,
): undefined {
  if (typeof itemId !== 'string' || typeof quantity !== 'number') return;
  const priced = typeof price === 'number' ? { price } : {};
  draft.cartChanges.push({ at, by, itemId, pieces: sign * quantity, ...priced });
}

/** Latest first; of items seen at one instant the lower id comes first, so that arrival order does not show. */
function latest(items: ReadonlyMap<string, string>): RecentItem[] {
  return [...items]
    .map(([itemId, at]) => ({ itemId, at }))
    .sort((a, b) => (a.at === b.at ? (a.itemId < b.itemId ? -1 : 1) : a.at < b.at ? 1 : -1))
    .slice(0, MAX_RECENT_ITEMS);
}
