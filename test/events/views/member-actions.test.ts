import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { eventLine } from '../../local/aws/support/lake.ts';
import { lakeFixture } from '../../local/aws/support/lake-fixture.ts';
import { WHOLE } from '../../support/matrix.ts';

const lake = lakeFixture('member_actions', 'event_quality');
beforeEach(() => lake.clear('events_raw'));

describe('view member_actions', () => {
  it('tells who, when, from where, did what', async () => {
    const known = {
      user_id: 'u1',
      anonymous_id: 'b1',
      country: 'KR',
      device_type: 'app',
      platform: 'ios',
      os: '19',
    };
    const page = { page_url: 'https://shop.example.com/p/1', page_referrer: 'https://www.google.com/' };
    const properties = JSON.stringify({ transaction_id: 't1', revenue: 5, currency: 'KRW' });
    await lake.write('events_raw', [
      eventLine({
        event_id: 'a',
        name: 'purchase',
        occurred_at: '2026-03-02 10:00:00.000',
        ...known,
        ...page,
        properties,
      }),
      eventLine({ event_id: 'robot', user_id: 'u1', bot: true }),
      eventLine({ event_id: 'nobody' }),
    ]);
    expect(await lake.query('SELECT * FROM member_actions')).toEqual([
      [
        ...['u#u1', 'u1', '2026-03-02 10:00:00.000', 'purchase', 'KR', 'app', 'ios', '19'],
        ...['https://shop.example.com/p/1', 'https://www.google.com/', 'client', 't1'],
        ...[undefined, undefined, undefined, undefined, '5.0000', 'KRW'],
        ...[properties, 'a', '2026-03-02'],
      ],
    ]);
  });

  it('gives each anonymous event to the first member named in its browser then or later, else to nobody', async () => {
    // Ten minutes of two browsers that three members share.
    const event = fc.record({
      minute: fc.integer({ min: 0, max: 9 }),
      browser: fc.constantFrom('b1', 'b2', undefined),
      user: fc.constantFrom('u1', 'u2', 'u3', undefined, undefined, undefined),
    });
    await fc.assert(
      fc.asyncProperty(
        // Whoever are named in one browser in one millisecond share it then; which of them is first says the alphabet.
        fc.uniqueArray(event, {
          maxLength: 14,
          selector: ({ minute, browser, user }) => `${minute}${browser}${!user}`,
        }),
        async (events) => {
          lake.clear('events_raw');
          await lake.write(
            'events_raw',
            events.map(({ minute, browser, user }, index) =>
              eventLine({
                event_id: `e${index}`,
                occurred_at: `2026-03-02 10:0${minute}:00.000`,
                anonymous_id: browser,
                user_id: user,
              }),
            ),
          );
          const expected = events.flatMap(({ minute, browser, user }, index) => {
            if (user === undefined && browser === undefined) return [];
            const named = events
              .filter((one) => one.browser === browser && one.user !== undefined && one.minute >= minute)
              .sort((a, b) => a.minute - b.minute)[0]?.user;
            const member = user ?? named;
            return [[`e${index}`, member === undefined ? `a#${browser}` : `u#${member}`, member]];
          });
          const found = await lake.query('SELECT event_id, person, member FROM member_actions');
          expect(found.sort()).toEqual(expected.sort());
        },
      ),
      { numRuns: WHOLE ? 20 : 3 },
    );
  });
});

describe('view event_quality', () => {
  it('counts per day, event and source how often a recommended property is missing, null or empty', async () => {
    const viewed = (event_id: string, properties: object, more = {}) =>
      eventLine({
        event_id,
        name: 'view_item',
        properties: JSON.stringify({ item_id: 'P1', ...properties }),
        ...more,
      });
    await lake.write('events_raw', [
      viewed('a', { item_name: 'Tee', category: 'Tops', price: 0, currency: 'KRW' }),
      viewed('b', { item_name: '', category: null }, { bot: true }),
      viewed('b', { item_name: '', category: null }),
      viewed('c', { price: 3 }, { source: 'server' }),
      viewed('d', {}, { occurred_at: '2026-03-03 10:00:00.000' }),
      eventLine({ event_id: 'e' }),
    ]);
    const asked = `SELECT source, property, events, missing, missing_rate FROM event_quality
      WHERE day = DATE '2026-03-02' ORDER BY 1, 2`;
    expect(await lake.query(asked)).toEqual([
      ['client', 'category', '2', '1', '0.5'],
      ['client', 'currency', '2', '1', '0.5'],
      ['client', 'item_name', '2', '1', '0.5'],
      ['client', 'price', '2', '1', '0.5'],
      ['server', 'category', '1', '1', '1.0'],
      ['server', 'currency', '1', '1', '1.0'],
      ['server', 'item_name', '1', '1', '1.0'],
      ['server', 'price', '1', '0', '0.0'],
    ]);
    expect(await lake.query("SELECT sum(events) FROM event_quality WHERE day = DATE '2026-03-03'")).toEqual([
      ['4'],
    ]);
  });

  it('takes an order without lines for one that tells none', async () => {
    const bought = (event_id: string, items: unknown) =>
      eventLine({
        event_id,
        name: 'purchase',
        properties: JSON.stringify({ transaction_id: event_id, revenue: 1, currency: 'KRW', items }),
      });
    await lake.write('events_raw', [bought('a', []), bought('b', [{ item_id: 'P1' }])]);
    expect(await lake.query("SELECT events, missing FROM event_quality WHERE property = 'items'")).toEqual([
      ['2', '1'],
    ]);
  });
});
