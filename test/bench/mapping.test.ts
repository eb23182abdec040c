import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { derivedUuid, type Mapping, mapRow } from '../../bench/mapping.ts';

const mapping = JSON.parse(
  readFileSync(new URL('../../bench/ga360.mapping.json', import.meta.url), 'utf8'),
) as Mapping;
const hit = {
  session_id: 's-1',
  store_date: '20160801',
  hit_number: '3',
  event_time: '2016-08-01T07:00:12.000Z',
  user_id: '0042',
  page_path: '/home',
};

describe('the GA360 mapping', () => {
  it('gives the same row the same event id for ever, and other rows others', () => {
    expect(mapRow(mapping, { ...hit, event_type: 'page_view' }).event_id).toBe(
      mapRow(mapping, { ...hit, event_type: 'page_view' }).event_id,
    );
    fc.assert(
      fc.property(fc.uniqueArray(fc.string(), { minLength: 2, maxLength: 2 }), ([a = '', b = '']) => {
        expect(derivedUuid(a)).not.toBe(derivedUuid(b));
        expect(derivedUuid(a)).toMatch(
          /^[0-9a-f]{8}-[0-9a-f]{4}-8[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/,
        );
      }),
    );
  });

  it('keeps ids with leading zeros as text', () => {
    expect(mapRow(mapping, { ...hit, event_type: 'page_view' })).toMatchObject({
      name: 'page_view',
      user_id: '0042',
      page: { url: '/home' },
    });
  });

  it('tells orders from repeated confirmation pages', () => {
    expect(mapRow(mapping, { ...hit, event_type: 'purchase', order_revenue: '12.5' })).toMatchObject({
      name: 'purchase',
      properties: { transaction_id: 's-1/20160801/3', revenue: 12.5, currency: 'USD' },
    });
    expect(mapRow(mapping, { ...hit, event_type: 'purchase', order_revenue: '', order_id: 'o' }).name).toBe(
      'purchase_confirmation_view',
    );
  });

  it('takes an empty quantity as one', () => {
    expect(
      mapRow(mapping, { ...hit, event_type: 'add_to_cart', product_id: 'p', quantity: '' }),
    ).toMatchObject({ properties: { quantity: 1 } });
  });

  it('refuses a row that no rule takes', () => {
    expect(() => mapRow(mapping, { ...hit, event_type: 'teleport' })).toThrow(
      'No rule takes the row s-1/20160801/3',
    );
  });
});
