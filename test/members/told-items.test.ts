import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EventRow } from '../../lambdas/events/index.ts';
import { foldEvents } from '../../lambdas/members/state/fold-events.ts';
import { type MemberItems, memberItems } from '../../lambdas/members/state/member-items.ts';
import type { MemberState } from '../../lambdas/members/state/member-state.ts';

const START = Date.UTC(2026, 10, 1);
const HOSTS = ['shop.example.com'];
const lake = (ms: number) => new Date(ms).toISOString().replace('T', ' ').slice(0, 23);

const rowOf = (
  id: string,
  name: string,
  minute: number,
  properties: Record<string, unknown>,
  rest: Partial<EventRow> = {},
) =>
  ({
    event_id: id,
    name,
    occurred_at: lake(START + minute * 60_000),
    received_at: lake(START + 365 * 86_400_000),
    source: 'client',
    user_id: 'u1',
    bot: false,
    properties: JSON.stringify(properties),
    ...rest,
  }) as EventRow;

const fold = (...batches: EventRow[][]) =>
  batches.reduce<MemberState | undefined>((state, batch) => foldEvents(state, batch, HOSTS), undefined);
const items = (...rows: EventRow[]): MemberItems => {
  const state = fold(rows);
  if (state === undefined) throw new Error('nothing was folded');
  return memberItems(state);
};

const details = fc.record(
  {
    item_name: fc.constantFrom('니트 코트', '머플러'),
    price: fc.constantFrom(9, 19.9),
    currency: fc.constantFrom('KRW', 'USD'),
    image_url: fc.constantFrom('https://shop.example.com/a.png', 'https://img.shop.example.com/b.png'),
  },
  { requiredKeys: [] },
);
const itemId = fc.integer({ min: 1, max: 20 }).map((number) => `P${number}`);
const happening = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(fc.constant('view_item'), itemId, details) },
  { weight: 4, arbitrary: fc.tuple(fc.constant('add_to_cart'), itemId, details) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('remove_from_cart'), itemId, fc.constant({})) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('purchase'), itemId, fc.constant({})) },
);
const history = fc
  .array(fc.tuple(happening, fc.integer({ min: 0, max: 40 })), { minLength: 1, maxLength: 80 })
  .map((events) =>
    events.map(([[name, id, told], minute], index) =>
      rowOf(`e${index}`, name, minute, {
        ...told,
        ...(name === 'purchase'
          ? { transaction_id: `t${index}`, revenue: 1, currency: 'KRW' }
          : { item_id: id, quantity: 1 }),
      }),
    ),
  );

describe('what is known of a member’s items', () => {
  it('is the same in whatever order and batches the events come, and after the JSON it is kept as', () => {
    const shuffled = history.chain((rows) =>
      fc.tuple(fc.constant(rows), fc.shuffledSubarray(rows, { minLength: rows.length }), fc.nat(rows.length)),
    );
    fc.assert(
      fc.property(shuffled, ([rows, other, cut]) => {
        const first = fold(other.slice(0, cut));
        const kept = first && (JSON.parse(JSON.stringify(first)) as MemberState);
        const state = foldEvents(kept, other.slice(cut), HOSTS);
        expect(state && memberItems(state)).toEqual(items(...rows));
      }),
    );
  });

  it('keeps no more than 18 words of events, each short', () => {
    const long = {
      item_name: '가'.repeat(500),
      price: 9,
      image_url: `https://shop.example.com/${'a'.repeat(600)}`,
    };
    const rows = Array.from({ length: 200 }, (_, index) =>
      rowOf(`e${index}`, index % 2 ? 'view_item' : 'add_to_cart', index, {
        item_id: `P${index}`,
        quantity: 1,
        ...long,
      }),
    );
    const state = fold(rows);
    const told = [...(state?.viewedTold ?? []), ...(state?.cartTold ?? [])];
    expect(told).toHaveLength(18);
    for (const { name, imageUrl } of told) {
      expect(name?.length).toBe(200);
      expect(imageUrl).toBeUndefined();
    }
  });

  it('forgets what lay in the cart when it was bought, and keeps what was viewed', () => {
    const { cart, viewed } = items(
      rowOf('1', 'view_item', 1, { item_id: 'P1', item_name: '코트' }),
      rowOf('2', 'add_to_cart', 2, { item_id: 'P1', quantity: 1, item_name: '코트' }),
      rowOf('3', 'purchase', 3, { transaction_id: 't', revenue: 9, currency: 'KRW' }),
    );
    expect(cart).toEqual([]);
    expect(viewed).toEqual([{ itemId: 'P1', name: '코트' }]);
  });

  it('remembers the cart however much is looked at afterwards', () => {
    const looks = Array.from({ length: 40 }, (_, index) =>
      rowOf(`v${index}`, 'view_item', 10 + index, { item_id: `V${index}`, item_name: 'x' }),
    );
    const added = rowOf('a', 'add_to_cart', 1, { item_id: 'P1', quantity: 1, item_name: '코트' });
    expect(items(added, ...looks).cart).toEqual([{ itemId: 'P1', name: '코트' }]);
  });

  it('fills in from a view what the cart’s event left out, and never shows an amount in another currency', () => {
    const viewedAs = {
      item_name: '코트',
      price: 10,
      currency: 'USD',
      image_url: 'https://shop.example.com/a',
    };
    const { cart } = items(
      rowOf('1', 'view_item', 1, { item_id: 'P1', ...viewedAs }),
      rowOf('2', 'add_to_cart', 2, { item_id: 'P1', quantity: 1, price: 13_000 }),
    );
    expect(cart).toEqual([
      { itemId: 'P1', name: '코트', price: 13_000, imageUrl: 'https://shop.example.com/a' },
    ]);
  });

  it('shows the list price where the event tells one', () => {
    const [item] = items(
      rowOf('1', 'view_item', 1, { item_id: 'P1', price: 9, list_price: 12, currency: 'KRW' }),
    ).viewed;
    expect(item?.price).toBe(12);
  });
});

describe('links that events tell', () => {
  const link = (value: string, rest: Partial<EventRow> = {}) =>
    items(rowOf('1', 'view_item', 1, { item_id: 'P1', item_url: value }, rest)).viewed[0]?.pcUrl;

  it('are kept from browsers only when they lead to the shop itself', () => {
    expect(link('https://shop.example.com/p/1')).toBe('https://shop.example.com/p/1');
    expect(link('https://m.shop.example.com/p/1')).toBe('https://m.shop.example.com/p/1');
    for (const other of [
      'https://evil.example.org/p',
      'https://evilshop.example.com/p',
      'https://shop.example.com.evil.example.org/p',
      'https://shop.example.com@evil.example.org/p',
      'http://shop.example.com/p',
      'javascript:alert(1)',
      'no address',
    ])
      expect(link(other)).toBeUndefined();
  });

  it('are kept from servers wherever they lead over https', () => {
    expect(link('https://cdn.example.org/p', { source: 'server' })).toBe('https://cdn.example.org/p');
    expect(link('http://cdn.example.org/p', { source: 'server' })).toBeUndefined();
  });

  it('are the page that was viewed, by the kind of screen and without the traces of the visit', () => {
    const page = 'https://shop.example.com/p/1?color=red&utm_source=x&utm_medium=y#reviews';
    const viewedOn = (device_type: string) =>
      items(rowOf('1', 'view_item', 1, { item_id: 'P1' }, { device_type, page_url: page })).viewed[0];
    const clean = 'https://shop.example.com/p/1?color=red';
    expect(viewedOn('pc')).toEqual({ itemId: 'P1', pcUrl: clean });
    expect(viewedOn('mobile')).toEqual({ itemId: 'P1', mobileUrl: clean });
    expect(viewedOn('app')).toEqual({ itemId: 'P1' });
  });

  it('are not the page on which something went into the cart: that may be a list', () => {
    const row = rowOf(
      '1',
      'add_to_cart',
      1,
      { item_id: 'P1', quantity: 1 },
      { device_type: 'pc', page_url: 'https://shop.example.com/sale' },
    );
    expect(items(row).cart).toEqual([{ itemId: 'P1' }]);
  });
});
