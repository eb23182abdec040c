/** Spec §1 sentence by sentence: envelope, what is added, time, privacy. */
import { randomUUID } from 'node:crypto';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arrivalOf } from '../../lambdas/events/arrival.ts';
import { collectEvents } from '../../lambdas/events/collect-events.ts';
import { DAY_MS, HOUR_MS } from '../../lambdas/events/time.ts';
import { plan } from '../../schemas/events/plan/generated/plan.js';
import { countedIds, memoryQuarantine, memoryStream, pseudonyms } from './quarantine/support/memory.ts';

const NOW = Date.UTC(2026, 10, 21, 12);
const ctx = { actor: 'key', requestId: 'r-1', now: NOW, deadline: NOW + 1000 };
const PRIVATE = arrivalOf({ door: 'private' }, {}, NOW);
const event = (more: Record<string, unknown> = {}) => ({
  event_id: randomUUID(),
  name: 'page_view',
  occurred_at: NOW,
  user_id: 'u1',
  ...more,
});

async function collect(events: readonly unknown[], arrival = PRIVATE) {
  const [stream, quarantine] = [memoryStream(), memoryQuarantine()];
  const deps = { stream, quarantine, ids: countedIds(), pseudonyms };
  const result = await collectEvents(deps, ctx, { body: events, arrival });
  return {
    errors: result.errors,
    rows: stream.rows(),
    stored: JSON.stringify([stream.records, quarantine.all()]),
  };
}
const rowOf = async (more: Record<string, unknown>, arrival = PRIVATE) =>
  (await collect([event(more)], arrival)).rows[0];

describe('the tracking plan', () => {
  it('knows the events of the spec', () => {
    expect(Object.keys(plan)).toEqual(
      expect.arrayContaining(
        'page_view search view_item select_item select_promotion add_to_cart remove_from_cart begin_checkout add_payment_info purchase refund sign_up login app_open review_view message_open message_click unsubscribe'.split(
          ' ',
        ),
      ),
    );
  });
});

describe('amounts', () => {
  const line = { item_id: 'P1', price: 1, quantity: 1 };
  const sent = {
    view_item: { item_id: 'P1', price: 1, list_price: 1 },
    select_item: { item_id: 'P1', price: 1 },
    add_to_cart: { ...line, list_price: 1, cart_value: 1 },
    remove_from_cart: { ...line, cart_value: 1 },
    begin_checkout: { cart_value: 1, items_count: 1 },
    purchase: {
      transaction_id: 'T1',
      currency: 'KRW',
      ...{ revenue: 1, tax: 1, shipping: 1, cost: 1, items: [line] },
    },
    refund: { transaction_id: 'T1', revenue: 1, items: [line] },
  };

  it('above what the columns of views hold go to quarantine: one of them would end every query of its day', async () => {
    for (const [name, properties] of Object.entries(sent)) {
      const text = JSON.stringify(properties);
      const places = [...text.matchAll(/(?<=:)1(?=[,}])/g)].map(({ index }) => index);
      for (const amount of ['1e11', '1.1e11', '1e300']) {
        const made = places.map((at) => JSON.parse(`${text.slice(0, at)}${amount}${text.slice(at + 1)}`));
        const { errors } = await collect(made.map((one) => event({ name, properties: one })));
        const fields = errors.map(({ field }) => field);
        if (amount === '1e11')
          expect(fields.filter((field) => !/quantity|count/.test(field ?? ''))).toEqual([]);
        else expect([name, fields.length]).toEqual([name, places.length]);
      }
    }
  });
});

describe('the envelope', () => {
  it('lets half a character, as texts that were cut have it, spoil no line and no property', async () => {
    const half = '\ud83d';
    const page = { url: `https://s.kr/${half}`, title: `cut ${half}` };
    const sent = { page, properties: { note: `cut ${half}`, a_list: [{ [half]: '\\ud83d 😀' }] } };
    const { rows } = await collect([event(sent)]);
    expect(rows[0]?.page_title).toBe('cut \ufffd');
    expect(JSON.parse(rows[0]?.properties ?? '')).toEqual({
      note: 'cut \ufffd',
      a_list: [{ '\ufffd': '\\ud83d 😀' }],
    });
    expect((await collect([event({ user_id: `u${half}` })])).errors).toMatchObject([{ field: 'user_id' }]);
  });

  it('becomes columns, each field of it', async () => {
    const sent = {
      anonymous_id: 'a1',
      session_id: 's1',
      source: 'client',
      device: { type: 'PC', platform: 'web', os: 'Windows', app_version: '1.2' },
      page: { url: 'https://s.kr/a', title: '홈', referrer: 'https://naver.com/' },
      utm: { source: 'naver', medium: 'cpc', campaign: 'c', term: 't', content: 'x' },
    };
    expect(await rowOf(sent)).toMatchObject({
      name: 'page_view',
      user_id: 'u1',
      anonymous_id: 'a1',
      session_hint: 's1',
      source: 'client',
      device_type: 'pc',
      platform: 'web',
      os: 'Windows',
      app_version: '1.2',
      page_url: 'https://s.kr/a',
      page_title: '홈',
      page_referrer: 'https://naver.com/',
      utm_source: 'naver',
      utm_medium: 'cpc',
      utm_campaign: 'c',
      utm_term: 't',
      utm_content: 'x',
    });
  });

  it.each([
    ['PC', 'pc'],
    ['desktop', 'pc'],
    ['mobile', 'mobile'],
    ['tablet', 'mobile'],
    ['app', 'app'],
  ])('takes %s for the device %s', async (type, stored) => {
    expect(await rowOf({ device: { type } })).toMatchObject({ device_type: stored });
  });

  it('has when it came, its schema version, and from the public door country and robot; no address', async () => {
    const headers = {
      'cloudfront-viewer-country': 'KR',
      'x-forwarded-for': '203.0.113.7',
      'user-agent': 'Googlebot/2.1',
    };
    const row = await rowOf({}, arrivalOf({ door: 'public' }, headers, NOW));
    expect(row).toMatchObject({
      received_at: '2026-11-21 12:00:00.000',
      schema_version: plan['page_view']?.version,
      country: 'KR',
      bot: true,
    });
    expect(JSON.stringify(row)).not.toContain('203.0.113');
  });

  it.each(['kr', 'KOR', 'T1', '', '대한'])('does not take "%s" for a country', async (country) => {
    const row = await rowOf({}, arrivalOf({ door: 'public' }, { 'cloudfront-viewer-country': country }, NOW));
    expect(row).not.toHaveProperty('country');
  });
});

describe('the time', () => {
  const at = NOW - 5 * HOUR_MS;
  it.each([
    ['ISO 8601 in UTC', '2026-11-21T07:00:00Z'],
    ['ISO 8601 with milliseconds', '2026-11-21T07:00:00.000Z'],
    ['ISO 8601 with another zone', '2026-11-21T16:00:00+09:00'],
    ['epoch seconds', at / 1000],
    ['epoch milliseconds', at],
  ])('may be %s', async (_, occurred_at) => {
    expect(await rowOf({ occurred_at })).toMatchObject({ occurred_at: '2026-11-21 07:00:00.000' });
  });

  it('may be 24 hours ahead and no more', async () => {
    const { rows, errors } = await collect([
      event({ occurred_at: NOW + DAY_MS }),
      event({ occurred_at: NOW + DAY_MS + 1 }),
    ]);
    expect(rows).toHaveLength(1);
    expect(errors).toMatchObject([{ index: 1, field: 'occurred_at' }]);
  });

  it('is late when it is older than 72 hours', async () => {
    expect(await rowOf({ occurred_at: NOW - 72 * HOUR_MS })).toMatchObject({ late: false });
    expect(await rowOf({ occurred_at: NOW - 72 * HOUR_MS - 1 })).toMatchObject({ late: true });
  });

  it.each([
    ['tomorrow', 1, { filed: 'occurred', day: '2026-11-22', late: false }],
    ['a week ago', -7, { filed: 'occurred', day: '2026-11-14', late: true }],
    ['eight days ago', -8, { filed: 'received', day: '2026-11-21', late: true }],
    ['a year ago', -365, { filed: 'received', day: '2026-11-21', late: true }],
  ])('files what occurred %s', async (_, days, filing) => {
    expect(await rowOf({ occurred_at: NOW + days * DAY_MS })).toMatchObject(filing);
  });
});

describe('without consent to analytics', () => {
  const SECRETS = /kim|1234|secret/i;
  const named = {
    user_id: 'kim',
    anonymous_id: 'kim-browser',
    session_id: 'kim-session',
    consent: { analytics: false },
    page: {
      url: 'https://s.kr/?user_id=kim&gclid=kim&email=kim@s.kr&utm_source=naver',
      referrer: 'https://kim:x@s.kr/',
    },
    utm: { source: 'naver', content: 'kim@s.kr' },
  };

  it('nothing that is stored leads to anybody, of events that are accepted and of those that are not', async () => {
    const personal = { email: 'kim@s.kr', phone: '010-1234-5678', name: 'Kim' };
    const { rows, stored } = await collect([
      event({ ...named, name: 'login', properties: { user_id: 'kim', method: 'kakao', ...personal } }),
      event({ ...named, name: 'login', properties: { method: 7, member_id: 'kim', ...personal } }),
      event({ ...named, properties: { member_id: 'kim', profile: { device_id: 'kim', tier: 'gold' } } }),
      event({ ...named, name: 'message_open', properties: { message_id: 'kim-1', campaign_id: 'c1' } }),
    ]);
    expect(rows.map(({ properties }) => properties).sort()).toEqual([
      '{"campaign_id":"c1"}',
      '{"method":"kakao"}',
      '{"profile":{"tier":"gold"}}',
    ]);
    expect(stored).not.toMatch(SECRETS);
    expect(stored).not.toMatch(/[0-9a-f]{64}/);
  });

  it('spelling hides nobody, nor does a place where nobody looks', async () => {
    const properties = {
      user_email: 'kim',
      memberid: 'kim',
      profile: { userId: 'kim', 'E-Mail': 'kim', phoneNumber: 'kim', deviceIDs: ['kim'], tier: 'gold' },
      note: 'of kim@s.kr',
      tries: ['01012345678', 7, { 'kim@s.kr': 1 }],
    };
    const page = {
      url: 'https://s.kr/u/kim@s.kr/',
      title: 'kim@s.kr',
      referrer: 'https://s.kr/u/kim%40s.kr',
    };
    const { rows, stored } = await collect([
      event({ ...named, page, properties }),
      event({ ...named, page, properties, name: 'nobody_knows' }),
    ]);
    expect(rows.map((row) => row.properties)).toEqual([
      '{"profile":{"tier":"gold"},"note":"","tries":["",7,{}]}',
    ]);
    expect(stored).not.toMatch(SECRETS);
  });

  it.each([
    ['an object of theirs', { user: { id: 'kim' }, members: [{ no: 'kim' }], profile: { uid: 'kim' } }],
    [
      'other words',
      { uid: 'kim', cust_no: 'kim', member_number: 'kim', username: 'kim', device_uuid: 'kim' },
    ],
    [
      'what is made of them',
      { user_id_hash: 'kim', of: { 'user.id': 'kim' }, user__id2: 'kim', push_token: 'kim' },
    ],
    ['an id of advertisements', { idfa: 'kim', gaid: 'kim', advertising_id: 'kim' }],
    ['a link', { url: 'https://s.kr/?user_id=kim', to: 'https://s.kr/?next=%2Fa%3FmemberNo%3Dkim' }],
    ['a telephone number', { tel: '010 1234 5678', fax: '+82 10-1234-5678', of: '010.1234.5678' }],
  ])('%s names nobody', async (_, properties) => {
    const page = {
      url: 'https://s.kr/?uid=kim&member_no=kim&user[id]=kim&login_id=kim&next=%2F%3FuserId%3Dkim&page=2',
    };
    const { rows, stored } = await collect([
      event({ ...named, page, properties }),
      event({ ...named, page, properties, name: 'nobody_knows' }),
      event({ ...named, page, properties, consent: { Analytics: false } }),
      event({ ...named, page, properties, consent: { ANALYTICS: false }, name: 'nobody_knows' }),
    ]);
    expect(rows).toHaveLength(2);
    expect(rows[0]).toMatchObject({
      page_url: 'https://s.kr/?uid=&member_no=&user[id]=&login_id=&next=&page=2',
    });
    expect(stored).not.toMatch(/kim|1234[ .-]?5678/);
  });

  it('what is no identifier stays', async () => {
    const properties = {
      item_id: 'P1',
      category: 'Phones/Canon',
      session_count: 3,
      payment_method: 'kakaopay',
      device: { type: 'pc', name: 'x' },
      items: [{ id: 'P1', number: 2 }],
      from: '2026-01-01',
      discount_id: 'D1',
    };
    expect(await rowOf({ consent: { analytics: false }, properties })).toMatchObject({
      properties: JSON.stringify(properties),
    });
  });

  it('an event still counts, and needs nobody', async () => {
    const sent = {
      consent: { analytics: false },
      user_id: null,
      page: { url: 'https://s.kr/?utm_source=naver' },
    };
    expect(await rowOf(sent)).toMatchObject({
      name: 'page_view',
      page_url: 'https://s.kr/?utm_source=naver',
    });
    const order = { transaction_id: 'O1', revenue: 1, currency: 'KRW' };
    expect(await rowOf({ ...sent, name: 'purchase', properties: order })).toMatchObject({
      transaction_id: 'O1',
    });
  });

  it('no identifier stays, however deep it lies', async () => {
    const deep = fc.letrec((tie) => ({
      node: fc.oneof(
        { maxDepth: 6 },
        fc.record({ user_id: fc.constant('kim'), tier: fc.constant('gold') }),
        fc.array(tie('node'), { maxLength: 3 }),
        fc.dictionary(fc.constantFrom('a', 'anonymous_id', 'session_id', 'b'), tie('node'), { maxKeys: 3 }),
      ),
    })).node;
    await fc.assert(
      fc.asyncProperty(deep, async (value) => {
        const { rows } = await collect([event({ ...named, properties: { value } })]);
        expect(rows).toHaveLength(1);
        expect(JSON.stringify(rows)).not.toMatch(/kim|anonymous_id|session_id/);
      }),
      { numRuns: 50 },
    );
  });

  it('of any other purpose nothing changes', async () => {
    expect(await rowOf({ consent: { advertising: false } })).toMatchObject({ user_id: 'u1' });
  });
});
