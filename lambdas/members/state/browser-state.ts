/** What was done in a browser or app without a name. Pure. */
import type { EventRow } from '../../events/index.ts';
import { cartChanges } from './cart.ts';
import { Counted, FINGERPRINT_LENGTH } from './fingerprint.ts';
import { freshOf, KEPT_EVENTS, MOST_KEPT, TOLD_OF_CART, TOLD_OF_VIEWED, withDeeds } from './fold-events.ts';
import { type Happening, happeningOf, occurredAt } from './happening.ts';
import type { MemberState } from './member-state.ts';

/**
 * The events one by one, so that each can become a member's whenever it is told whose it is; of many, the first to come
 * are summed up by whose they are then.
 */
export interface BrowserState {
  /** In the order of arrival. */
  readonly happened: readonly Happening[];
  readonly sums: readonly Sum[];
  /** Fingerprints of events that were summed up lately, oldest first, run together. */
  readonly countedEvents: string;
}

export interface Sum {
  /** The time of its last event, by the client's clock, ISO 8601: all of it is whose that event is. */
  readonly until: string;
  readonly state: MemberState;
}

export interface Bounds {
  /** Events kept one by one: of more than `most`, the last `kept` to come. */
  readonly most: number;
  readonly kept: number;
  /** Of these the orders that are kept besides: the same order may be told of a member. */
  readonly orders: number;
  readonly sums: number;
}

/** Changes of the cart that a sum keeps one by one. */
const CART_OF_SUM = 24;

export const BOUNDS: Bounds = { most: 128, kept: 64, orders: 32, sums: 8 };

/** Folds events without a name; the very same object comes back when there was nothing new. */
export function foldBrowser(
  state: BrowserState | undefined,
  rows: readonly EventRow[],
  ownHosts: readonly string[] = [],
): BrowserState | undefined {
  const counted = new Counted((state?.countedEvents ?? '') + printsOf(state?.happened ?? []));
  const fresh = freshOf(rows, counted);
  if (fresh.length === 0) return state;
  const happened = fresh.map(({ row, by }) => happeningOf(row, by, ownHosts));
  const all = withFewWords([...(state?.happened ?? []), ...happened]);
  return {
    happened: all,
    sums: state?.sums ?? [],
    countedEvents: lastOf(state?.countedEvents ?? '', KEPT_EVENTS - all.length),
  };
}

const printsOf = (happened: readonly Happening[]): string => happened.map(({ by }) => by).join('');

/** Words are what takes room: of the items that were told of last they are kept, as in a member's own state. */
function withFewWords(happened: readonly Happening[]): Happening[] {
  const worth = new Set([
    ...lastTold(happened, (name) => name === 'view_item', TOLD_OF_VIEWED),
    ...lastTold(happened, (name) => name !== 'view_item', TOLD_OF_CART),
  ]);
  return happened.map((one) => (worth.has(one) ? one : wordless(one)));
}

function wordless(one: Happening): Happening {
  if (one.item?.told === undefined) return one;
  const { told: _, ...item } = one.item;
  return { ...one, item };
}

/** Those that told of the last `most` items; in as many words at most as twice the items. */
function lastTold(
  happened: readonly Happening[],
  isOf: (name: string) => boolean,
  most: number,
): Happening[] {
  const telling = happened.filter(({ name, item }) => item?.told !== undefined && isOf(name));
  const items = new Set<string>();
  const words = new Set<string>();
  return telling
    .sort((a, b) => (a.at < b.at ? 1 : -1))
    .filter(({ item }) => {
      const word = JSON.stringify([item?.itemId, item?.told]);
      if (items.size === most && !items.has(item?.itemId ?? '')) return false;
      if (words.size === 2 * most && !words.has(word)) return false;
      items.add(item?.itemId ?? '');
      words.add(word);
      return true;
    });
}

export const isFull = ({ happened }: BrowserState, { most }: Bounds = BOUNDS): boolean =>
  happened.length > most;

/**
 * Sums up what came first, apart by whose it is now as `ownerAt` tells. Of what is summed up now the fingerprints are kept,
 * as it may all have come in this batch.
 */
export function summedUp(
  state: BrowserState,
  ownerAt: (instant: number) => string,
  bounds: Bounds = BOUNDS,
): BrowserState {
  const early = state.happened.slice(0, -bounds.kept);
  const orders = early.filter(({ order }) => order !== undefined).slice(-bounds.orders);
  const kept = new Set([...orders, ...state.happened.slice(-bounds.kept)]);
  const leaving = early.filter((one) => !kept.has(one));
  const happened = state.happened.filter((one) => kept.has(one));
  return {
    happened,
    sums: summed(state.sums, leaving, ownerAt, bounds),
    countedEvents: lastOf(
      state.countedEvents + printsOf(leaving),
      Math.min(MOST_KEPT, Math.max(KEPT_EVENTS - happened.length, leaving.length)),
    ),
  };
}

const lastOf = (prints: string, count: number): string =>
  count <= 0 ? '' : prints.slice(-count * FINGERPRINT_LENGTH);

function summed(
  sums: readonly Sum[],
  leaving: readonly Happening[],
  ownerAt: (instant: number) => string,
  bounds: Bounds,
): Sum[] {
  const byOwner = new Map<string, { sums: Sum[]; happened: Happening[] }>();
  const of = (until: string) => {
    const owner = ownerAt(Date.parse(until));
    const group = byOwner.get(owner) ?? { sums: [], happened: [] };
    byOwner.set(owner, group);
    return group;
  };
  for (const sum of sums) of(sum.until).sums.push(sum);
  for (const one of leaving) of(occurredAt(one)).happened.push(one);
  const all = [...byOwner.values()]
    .flatMap((group) => sumOf(group.sums, group.happened) ?? [])
    .sort((a, b) => (a.until < b.until ? -1 : 1));
  // So many people share no browser: those of long ago go together.
  const early = sumOf(all.splice(0, Math.max(0, all.length - bounds.sums + 1)), []);
  return early === undefined ? all : [early, ...all];
}

function sumOf(sums: readonly Sum[], happened: readonly Happening[]): Sum | undefined {
  if (sums.length === 1 && happened.length === 0) return sums[0];
  const state = withDeeds(undefined, { sums: sums.map(({ state: sum }) => sum), happened });
  if (state === undefined) return undefined;
  const until = [...sums.map((sum) => sum.until), ...happened.map(occurredAt)].sort().at(-1) ?? '';
  const cart = cartChanges(state.cartChanges, state.lastPurchaseAt, CART_OF_SUM);
  return { until, state: { ...state, cartChanges: cart, countedEvents: '' } };
}

/** What is left of a browser whose row would be too long: no words, and one sum of all. */
export const slimmed = ({ happened, sums, countedEvents }: BrowserState): BrowserState => ({
  happened: happened.map(wordless),
  sums: [sumOf(sums, [])].flatMap((sum) =>
    sum === undefined ? [] : { ...sum, state: withoutWords(sum.state) },
  ),
  countedEvents,
});

const withoutWords = ({ viewedTold: _viewed, cartTold: _cart, ...state }: MemberState): MemberState => state;

/** What of a browser is somebody's: of the events, and of the sums, those whose instant `isTheirs`. */
export const deedsOf = ({ happened, sums }: BrowserState, isTheirs: (instant: number) => boolean) => ({
  happened: happened.filter((one) => isTheirs(Date.parse(occurredAt(one)))),
  sums: sums.filter(({ until }) => isTheirs(Date.parse(until))).map(({ state }) => state),
});

/** Without what is somebody's, by when it happened and by when it counts; undefined when nothing is left. */
export function withoutDeeds(
  { happened, sums, countedEvents }: BrowserState,
  isTheirs: (instant: number, at: number) => boolean,
): BrowserState | undefined {
  const left = {
    happened: happened.filter((one) => !isTheirs(Date.parse(occurredAt(one)), Date.parse(one.at))),
    sums: sums.filter(({ until, state }) => !isTheirs(Date.parse(until), Date.parse(state.lastSeenAt))),
    countedEvents,
  };
  return left.happened.length + left.sums.length === 0 ? undefined : left;
}
