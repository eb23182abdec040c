/** What events told of items: enough to name one in a message (spec §4, "Personalisation"). Pure. */
import type { EventRow } from '../../events/index.ts';

export interface ItemDetails {
  readonly name?: string;
  /** Of one piece, before any discount when the event said that too. */
  readonly price?: number;
  /** ISO 4217. */
  readonly currency?: string;
  /** https addresses: a picture, and the product's page for each kind of screen. */
  readonly imageUrl?: string;
  readonly pcUrl?: string;
  readonly mobileUrl?: string;
}

/** One event's word on an item, and when it was said: ISO 8601, UTC. */
export interface ToldItem extends ItemDetails {
  readonly itemId: string;
  readonly at: string;
}

/** In UTF-16 units: the row of a person is written with every batch of their events, so it stays small. */
const LONGEST_NAME = 200;
const LONGEST_URL = 512;

/**
 * What a `view_item` or `add_to_cart` tells of its item; undefined when it tells no more than its id. Browsers may say
 * what they like in anybody's name, so of their links only those to `ownHosts` are kept: the shop must not be made to
 * send other people's. A page that was viewed is a link to its item; the traces of the visit are taken off it.
 */
export function toldBy(
  row: EventRow,
  properties: Readonly<Record<string, unknown>>,
  ownHosts: readonly string[],
): ItemDetails | undefined {
  const link = (value: unknown) => linkOf(value, row.source === 'server' ? undefined : ownHosts);
  const page = row.name === 'view_item' ? row.page_url : undefined;
  const details: Record<keyof ItemDetails, string | number | undefined> = {
    name: nameOf(properties['item_name']),
    price: priceOf(properties['list_price']) ?? priceOf(properties['price']),
    currency: textOf(properties['currency']),
    imageUrl: link(properties['image_url']),
    pcUrl: link(properties['item_url']) ?? link(row.device_type === 'pc' ? page : undefined),
    mobileUrl: link(properties['item_mobile_url']) ?? link(row.device_type === 'mobile' ? page : undefined),
  };
  const told = Object.entries(details).filter(([, value]) => value !== undefined);
  return told.length === 0 ? undefined : Object.fromEntries(told);
}

const textOf = (value: unknown): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;
const priceOf = (value: unknown): number | undefined =>
  typeof value === 'number' && Number.isFinite(value) && value >= 0 ? value : undefined;

function nameOf(value: unknown): string | undefined {
  const name = textOf(value)?.trim();
  if (name === undefined || name === '') return undefined;
  if (name.length <= LONGEST_NAME) return name;
  let kept = '';
  // A name is cut between characters, never inside one.
  for (const { segment } of new Intl.Segmenter().segment(name)) {
    if (kept.length + segment.length >= LONGEST_NAME) break;
    kept += segment;
  }
  return `${kept}…`;
}

/** An https address of one of the hosts (any, when undefined) or of a part of it; undefined when it is not, or too long to keep. */
function linkOf(value: unknown, hosts: readonly string[] | undefined): string | undefined {
  if (typeof value !== 'string' || !URL.canParse(value)) return undefined;
  const url = new URL(value);
  if (url.protocol !== 'https:' || url.username !== '' || url.password !== '') return undefined;
  const { hostname } = url;
  if (hosts !== undefined && !hosts.some((host) => hostname === host || hostname.endsWith(`.${host}`)))
    return undefined;
  url.hash = '';
  // Kept, they would credit the next visit to what brought the last one.
  for (const name of [...url.searchParams.keys()]) if (name.startsWith('utm_')) url.searchParams.delete(name);
  return url.href.length > LONGEST_URL ? undefined : url.href;
}

/** Adds an event's word to those that are known by item: the latest wins, and at one instant the greater text. */
export function tell(known: Map<string, ToldItem>, told: ToldItem): void {
  const before = known.get(told.itemId);
  if (before === undefined || rank(told) > rank(before)) known.set(told.itemId, told);
}

const rank = (told: ToldItem): string => `${told.at}${JSON.stringify(told)}`;

/**
 * The `most` that were told of last. Whoever belongs to them in the end belongs to them all along, so that what is left
 * out between two batches is never missed.
 */
export const latestTold = (known: Iterable<ToldItem>, most: number): ToldItem[] =>
  [...known]
    .sort((a, b) => (a.at === b.at ? (a.itemId < b.itemId ? -1 : 1) : a.at < b.at ? 1 : -1))
    .slice(0, most);
