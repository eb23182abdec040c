/**
 * States as the JSON that lies in their rows. A row is written with every batch of its events and billed by the KiB, so
 * names are left out and times told from the last one, in milliseconds. Pure.
 */
import type { BrowserState, Sum } from './browser-state.ts';
import { FINGERPRINT_LENGTH } from './fingerprint.ts';
import type { Happening, HappeningItem } from './happening.ts';
import type { CartChange, MemberState, NamedBrowser, RecentItem, Span } from './member-state.ts';
import type { ItemDetails, ToldItem } from './told-items.ts';

const msOf = (iso: string): number => Date.parse(iso);
const isoOf = (ms: number): string => new Date(ms).toISOString();

/** Undefined travels as null, and nothing at all at the end. */
type Optional<Value> = Value | null | undefined;
const known = <Name extends string, Value>(
  name: Name,
  value: Optional<Value>,
): { readonly [Key in Name]?: Value } =>
  value === undefined || value === null ? {} : ({ [name]: value } as { readonly [Key in Name]?: Value });

function short(values: readonly unknown[]): unknown[] {
  let end = values.length;
  while (end > 0 && values[end - 1] === undefined) end--;
  return values.slice(0, end);
}

/** What is told of an item, in this order. */
const DETAILS = ['name', 'price', 'currency', 'imageUrl', 'pcUrl', 'mobileUrl'] as const;
type Details = readonly Optional<string | number>[];
const packedDetails = (told: ItemDetails): unknown[] => short(DETAILS.map((name) => told[name]));
const detailsOf = (packed: Details): ItemDetails =>
  Object.assign({}, ...DETAILS.map((name, at) => known(name, packed[at]))) as ItemDetails;

type PackedTold = readonly [itemId: string, back: number, ...details: Details];
type PackedChange = readonly [
  by: string,
  back: number,
  itemId: string,
  pieces: number,
  price?: Optional<number>,
];
/** Namings: from, to, from, to, … each told from the one before. */
type PackedBrowser = readonly [anonymousId: string, namings: readonly number[], settledTo?: Optional<number>];
type PackedState = readonly [
  last: number,
  first: number,
  events: Readonly<Record<string, number>>,
  recent: readonly (string | number)[],
  cart: readonly PackedChange[],
  viewed: readonly PackedTold[],
  inCart: readonly PackedTold[],
  orders: number,
  revenue: Readonly<Record<string, number>>,
  counted: string,
  transactions: string,
  bought?: Optional<number>,
  browsers?: Optional<readonly PackedBrowser[]>,
  placed?: Optional<readonly Optional<number>[]>,
];

export const packedState = (state: MemberState): string => JSON.stringify(packState(state));
/** Rows that were written before states were packed hold the state as it is. */
export function stateOf(text: string): MemberState {
  const packed = JSON.parse(text) as PackedState | MemberState;
  return isPacked(packed) ? unpackState(packed) : packed;
}

const isPacked = <Packed extends readonly unknown[]>(value: Packed | MemberState): value is Packed =>
  Array.isArray(value);

function packState(state: MemberState): unknown[] {
  const last = msOf(state.lastSeenAt);
  const back = (iso: string): number => last - msOf(iso);
  const told = (items: readonly ToldItem[] = []) =>
    items.map(({ itemId, at, ...details }) => [itemId, back(at), ...packedDetails(details)]);
  return short([
    last,
    back(state.firstSeenAt),
    state.events,
    state.recentItems.flatMap(({ itemId, at }) => [itemId, back(at)]),
    state.cartChanges.map(({ by, at, itemId, pieces, price }) =>
      short([by, back(at), itemId, pieces, price]),
    ),
    told(state.viewedTold),
    told(state.cartTold),
    state.orders,
    state.revenue,
    state.countedEvents,
    state.countedTransactions,
    state.lastPurchaseAt === undefined ? undefined : back(state.lastPurchaseAt),
    state.browsers?.map(packBrowser),
    state.placedAt?.map((at) => (at === '' ? null : back(at))),
  ]);
}

function unpackState(packed: PackedState): MemberState {
  const [last, first, events, recent, cart, viewed, inCart, orders, revenue, counted, transactions] = packed;
  const [bought, browsers, placed] = [packed[11], packed[12], packed[13]];
  const at = (back: number): string => isoOf(last - back);
  const told = (items: readonly PackedTold[]): ToldItem[] =>
    items.map(([itemId, back, ...details]) => ({ itemId, at: at(back), ...detailsOf(details) }));
  return {
    firstSeenAt: at(first),
    lastSeenAt: isoOf(last),
    events,
    recentItems: pairsOf(recent).map(([itemId, back]): RecentItem => ({ itemId, at: at(back) })),
    cartChanges: cart.map(
      ([by, back, itemId, pieces, price]): CartChange => ({
        ...{ by, at: at(back), itemId, pieces },
        ...known('price', price),
      }),
    ),
    ...(viewed.length === 0 ? {} : { viewedTold: told(viewed) }),
    ...(inCart.length === 0 ? {} : { cartTold: told(inCart) }),
    ...known('lastPurchaseAt', typeof bought === 'number' ? at(bought) : undefined),
    ...{ orders, revenue, countedEvents: counted, countedTransactions: transactions },
    ...known(
      'placedAt',
      placed?.map((ago) => (typeof ago === 'number' ? at(ago) : '')),
    ),
    ...known('browsers', browsers?.map(browserOf)),
  };
}

const pairsOf = (flat: readonly (string | number)[]): (readonly [string, number])[] =>
  Array.from({ length: flat.length / 2 }, (_, at) => [String(flat[2 * at]), Number(flat[2 * at + 1])]);

const packBrowser = ({ anonymousId, namings, settledTo }: NamedBrowser): unknown[] =>
  short([anonymousId, packedSpans(namings), settledTo]);

const browserOf = ([anonymousId, namings, settledTo]: PackedBrowser): NamedBrowser => ({
  anonymousId,
  namings: spansOf(namings),
  ...known('settledTo', settledTo),
});

export function packedSpans(spans: readonly Span[]): number[] {
  let before = 0;
  return spans.flatMap(({ from, to }) => {
    const told = [from - before, to - from];
    before = to;
    return told;
  });
}

export function spansOf(packed: readonly number[]): Span[] {
  const spans: Span[] = [];
  let before = 0;
  for (let at = 0; at + 1 < packed.length; at += 2) {
    const from = before + (packed[at] ?? 0);
    before = from + (packed[at + 1] ?? 0);
    spans.push({ from, to: before });
  }
  return spans;
}

/** The place of its name, or that and what it is about; then how long before the last event it was. */
type PackedKind = number | readonly [name: number, ...about: readonly unknown[]];
type PackedBrowserState = readonly [
  last: number,
  names: readonly string[],
  /** Each told once, however often the item is met. */
  words: readonly Details[],
  prints: string,
  happened: readonly (PackedKind | number)[],
  counted: string,
  sums: readonly (readonly [until: number, state: PackedState])[],
];

export function packedBrowserState({ happened, sums, countedEvents }: BrowserState): string {
  const [names, words] = [new Map<string, number>(), new Map<string, number>()];
  const placeIn = (places: Map<string, number>, text: string): number => {
    const place = places.get(text) ?? places.size;
    places.set(text, place);
    return place;
  };
  const last = happened.reduce((latest, { at }) => Math.max(latest, msOf(at)), 0);
  const flat = happened.flatMap((one) => {
    const told = one.item?.told;
    const word = told === undefined ? undefined : placeIn(words, JSON.stringify(packedDetails(told)));
    return [last - msOf(one.at), packKind(one, placeIn(names, one.name), word)];
  });
  return JSON.stringify([
    last,
    [...names.keys()],
    [...words.keys()].map((text): unknown => JSON.parse(text)),
    happened.map(({ by }) => by).join(''),
    flat,
    countedEvents,
    sums.map(({ until, state }) => [msOf(until), packState(state)]),
  ]);
}

/** Of items `[name, ahead, itemId, pieces, price, word]`, of orders `[name, ahead, print, amount, currency, true]`. */
function packKind({ at, occurredAt, item, order }: Happening, name: number, word?: number): unknown {
  const ahead = occurredAt === undefined ? undefined : msOf(occurredAt) - msOf(at);
  if (order !== undefined) return [name, ahead, order.print, order.amount, order.currency, true];
  if (item !== undefined) return short([name, ahead, item.itemId, item.pieces, item.price, word]);
  return ahead === undefined ? name : [name, ahead];
}

export function browserStateOf(text: string): BrowserState {
  const packed = JSON.parse(text) as PackedBrowserState | MemberState;
  if (!isPacked(packed)) return summedBefore(packed);
  const [last, names, words, prints, flat, countedEvents, sums] = packed;
  const happened = Array.from({ length: flat.length / 2 }, (_, index): Happening => {
    const ms = last - Number(flat[2 * index]);
    const kind = flat[2 * index + 1] ?? 0;
    const [name, ahead, ...about] = typeof kind === 'number' ? ([kind] as const) : kind;
    return {
      name: names[name] ?? '',
      by: prints.slice(index * FINGERPRINT_LENGTH, (index + 1) * FINGERPRINT_LENGTH),
      at: isoOf(ms),
      ...known('occurredAt', typeof ahead === 'number' ? isoOf(ms + ahead) : undefined),
      ...aboutOf(about, words),
    };
  });
  return {
    happened,
    countedEvents,
    sums: sums.map(([until, state]): Sum => ({ until: isoOf(until), state: unpackState(state) })),
  };
}

/** Of browsers they held the sum of all that was done there. */
const summedBefore = (state: MemberState): BrowserState => ({
  happened: [],
  sums: [{ until: state.lastSeenAt, state: { ...state, countedEvents: '' } }],
  countedEvents: state.countedEvents,
});

function aboutOf(about: readonly unknown[], words: readonly Details[]): Pick<Happening, 'item' | 'order'> {
  if (about.length === 0) return {};
  const [first, second, third, fourth] = about as [string, Optional<number>, unknown, unknown];
  if (fourth === true)
    return { order: { print: first, amount: Number(second ?? Number.NaN), currency: String(third) } };
  const told = typeof fourth === 'number' ? words[fourth] : undefined;
  const item: HappeningItem = {
    itemId: first,
    ...known('pieces', second),
    ...known('price', third as Optional<number>),
    ...known('told', told && detailsOf(told)),
  };
  return { item };
}
