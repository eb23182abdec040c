/**
 * Columns of events_compacted and of the view `events` that are read out of an event's properties
 * (docs/adr/0016-properties-are-typed-when-a-day-closes.md): Trino over the column `properties`, NULL where the property
 * is absent or of another kind; a text that spells a number counts as an amount. lib/events/views/events_open.sql has the same texts. Pure.
 */

/** Money and amounts: no currency has more digits behind the point (ISO 4217), and the largest price of the plan has room. */
const AMOUNT = 'decimal(18, 4)';

const text = (from: string, name: string): string =>
  `CASE WHEN json_format(json_extract(${from}, '$.${name}')) LIKE '"%' THEN json_extract_scalar(${from}, '$.${name}') END`;

const amount = (from: string, name: string): string =>
  `TRY_CAST(json_extract_scalar(${from}, '$.${name}') AS ${AMOUNT})`;

const truth = (from: string, name: string): string =>
  `CASE json_format(json_extract(${from}, '$.${name}')) WHEN 'true' THEN true WHEN 'false' THEN false END`;

type Kind = 'text' | 'amount' | 'truth';

const KINDS: Readonly<Record<Kind, { read: typeof text; type: string }>> = {
  text: { read: text, type: 'varchar' },
  amount: { read: amount, type: AMOUNT },
  truth: { read: truth, type: 'boolean' },
};

const OF_EVENT: Readonly<Record<string, Kind>> = {
  item_id: 'text',
  item_name: 'text',
  category: 'text',
  price: 'amount',
  quantity: 'amount',
  currency: 'text',
  revenue: 'amount',
  tax: 'amount',
  shipping: 'amount',
  cost: 'amount',
  cart_value: 'amount',
  coupon: 'text',
  coupon_used: 'truth',
};

const OF_ITEM: Readonly<Record<string, Kind>> = {
  item_id: 'text',
  item_name: 'text',
  category: 'text',
  price: 'amount',
  quantity: 'amount',
  coupon: 'text',
};

const itemFields = Object.entries(OF_ITEM);

/** A row for each line of `items`, in their order. */
const ITEMS = `transform(TRY_CAST(json_extract(properties, '$.items') AS array(json)), item -> CAST(ROW(${itemFields
  .map(([name, kind]) => KINDS[kind].read('item', name))
  .join(', ')}) AS ROW(${itemFields.map(([name, kind]) => `${name} ${KINDS[kind].type}`).join(', ')})))`;

/** Expressions by column, in the order in which they are written. */
export const TYPED: Readonly<Record<string, string>> = {
  ...Object.fromEntries(
    Object.entries(OF_EVENT).map(([name, kind]) => [name, KINDS[kind].read('properties', name)]),
  ),
  items: ITEMS,
};
