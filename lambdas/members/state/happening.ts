/** What is kept of an event as long as it is not known whose it is: what it does to a person's state. Pure. */
import type { EventRow } from '../../events/index.ts';
import { tenThousandths } from '../../shared/money.ts';
import { fingerprint } from './fingerprint.ts';
import { type ItemDetails, toldBy } from './told-items.ts';

export interface Happening {
  readonly name: string;
  /** Fingerprint of the event. */
  readonly by: string;
  /** When it counts, ISO 8601, UTC: a clock that runs ahead counts as the arrival. */
  readonly at: string;
  /** When by the client's clock, where that ran ahead: by it is told whose the event is. */
  readonly occurredAt?: string;
  readonly item?: HappeningItem;
  readonly order?: Order;
}

export interface HappeningItem {
  readonly itemId: string;
  /** Put into the cart, or taken away when negative. */
  readonly pieces?: number;
  /** Of one piece, when the event said. */
  readonly price?: number;
  /** What the event told of the item. */
  readonly told?: ItemDetails;
}

export interface Order {
  /** Fingerprint of the transaction_id. */
  readonly print: string;
  /** In ten-thousandths. */
  readonly amount: number;
  readonly currency: string;
}

type Properties = Readonly<Record<string, unknown>>;
type Told = () => ItemDetails | undefined;

/** Throws when the row's properties are no JSON. Of the links that browsers tell, those to `ownHosts` are kept. */
export function happeningOf(row: EventRow, by: string, ownHosts: readonly string[]): Happening {
  const occurredAt = iso(row.occurred_at);
  const isAhead = row.occurred_at > row.received_at;
  const at = isAhead ? iso(row.received_at) : occurredAt;
  const plain = { name: row.name, by, at, ...(isAhead ? { occurredAt } : {}) };
  if (!MEANT.has(row.name)) return plain;
  const properties = JSON.parse(row.properties) as Properties;
  if (row.name === 'purchase') return { ...plain, order: orderOf(properties) };
  const item = itemOf(row.name, properties, () => toldBy(row, properties, ownHosts));
  return item === undefined ? plain : { ...plain, item };
}

/** Events of the tracking plan that mean more than being counted. */
const MEANT = new Set(['view_item', 'add_to_cart', 'remove_from_cart', 'purchase']);

/** `YYYY-MM-DD HH:MM:SS.mmm` as ISO 8601. */
const iso = (lakeTimestamp: string): string => `${lakeTimestamp.slice(0, 10)}T${lakeTimestamp.slice(11)}Z`;

/** Whose an event is, is told by the client's own clock, as in the view `identities`. */
export const occurredAt = ({ at, occurredAt: own = at }: Pick<Happening, 'at' | 'occurredAt'>): string => own;

const orderOf = ({ transaction_id: transaction, revenue, currency }: Properties): Order => ({
  print: fingerprint(String(transaction)),
  amount: tenThousandths(Number(revenue)),
  currency: String(currency),
});

function itemOf(name: string, properties: Properties, tell: Told): HappeningItem | undefined {
  const { item_id: itemId } = properties;
  if (typeof itemId !== 'string') return undefined;
  const told = name === 'remove_from_cart' ? undefined : tell();
  return {
    itemId,
    ...(name === 'view_item' ? {} : changeOf(properties, name === 'add_to_cart' ? 1 : -1)),
    ...(told === undefined ? {} : { told }),
  };
}

const changeOf = ({ quantity, price }: Properties, sign: 1 | -1): Pick<HappeningItem, 'pieces' | 'price'> =>
  typeof quantity !== 'number'
    ? {}
    : { pieces: sign * quantity, ...(typeof price === 'number' ? { price } : {}) };
