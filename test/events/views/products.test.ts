import { beforeEach, describe, expect, it } from 'vitest';
import { eventLine } from '../../local/aws/support/lake.ts';
import { lakeFixture } from '../../local/aws/support/lake-fixture.ts';

const lake = lakeFixture('products');
beforeEach(() => lake.clear('events_raw'));

const told = (event_id: string, at: string, name: string, properties: object, more = {}) =>
  eventLine({
    event_id,
    name,
    occurred_at: `2026-03-0${at}.000`,
    properties: JSON.stringify(properties),
    ...more,
  });
const products = () => lake.query('SELECT * FROM products ORDER BY item_id');

describe('view products', () => {
  it('has of each product what was told last, whichever event told it, and when it was seen', async () => {
    await lake.write('events_raw', [
      told('a', '2 10:00:00', 'view_item', {
        item_id: 'P1',
        item_name: 'Tee',
        category: 'Tops',
        price: 10.5,
        currency: 'EUR',
      }),
      told('b', '3 10:00:00', 'add_to_cart', { item_id: 'P1', quantity: 1, price: 9 }),
      told('c', '4 10:00:00', 'select_item', { item_id: 'P1', item_name: 'Cotton tee' }),
      told('d', '1 10:00:00', 'review_view', { item_id: 'P1', item_name: 'Old tee' }),
    ]);
    expect(await products()).toEqual([
      ['P1', 'Cotton tee', 'Tops', '9.00', undefined, '2026-03-01 10:00:00.000', '2026-03-04 10:00:00.000'],
    ]);
  });

  it('reads each line of an order, and what was never told stays open', async () => {
    const items = [{ item_id: 'P1', price: 3, item_name: 'Mug' }, { item_id: 'P2' }];
    await lake.write('events_raw', [
      told('a', '2 10:00:00', 'purchase', { transaction_id: 't1', revenue: 3, currency: 'KRW', items }),
      told('b', '2 11:00:00', 'purchase', { transaction_id: 't2', revenue: 3, currency: 'KRW' }),
      told('c', '2 12:00:00', 'page_view', { item_id: 'P9' }),
      told('d', '2 13:00:00', 'view_item', { item_id: 'P8' }, { bot: true }),
    ]);
    const at = '2026-03-02 10:00:00.000';
    expect(await products()).toEqual([
      ['P1', 'Mug', undefined, '3.00', 'KRW', at, at],
      ['P2', undefined, undefined, undefined, undefined, at, at],
    ]);
  });

  it.each([
    { item_id: 'P1', items: 'none' },
    { item_id: 'P1', items: { a: 1 } },
    { item_id: 'P1', items: [{ item_id: 'P1', price: 'free' }] },
    { item_id: 'P1', items: [7, null, 'P2'] },
    { item_id: 'P1', price: 'half' },
  ])(
    'is not ended by what somebody calls items or a price, which the plan does not say of a view: %j',
    async (odd) => {
      const told = (event_id: string, properties: object) =>
        eventLine({ event_id, name: 'view_item', properties: JSON.stringify(properties) });
      await lake.write('events_raw', [told('odd', odd), told('even', { item_id: 'P9', price: 3 })]);
      expect(await lake.query("SELECT item_id, price FROM products WHERE item_id = 'P9'")).toEqual([
        ['P9', '3.00'],
      ]);
    },
  );
});
