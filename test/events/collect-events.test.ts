import { randomUUID } from 'node:crypto';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { arrivalOf } from '../../lambdas/events/arrival.ts';
import { collectEvents } from '../../lambdas/events/collect-events.ts';
import { laneOf } from '../../lambdas/events/lane.ts';
import { RepointError } from '../../lambdas/shared/errors.ts';
import table from '../../schemas/events/events_raw.table.json' with { type: 'json' };
import { countedIds, memoryQuarantine, memoryStream, pseudonyms } from './quarantine/support/memory.ts';

const NOW = Date.UTC(2026, 10, 21, 12);
const ctx = { actor: 'key', requestId: 'r-1', now: NOW, deadline: NOW + 1000 };
const PRIVATE = arrivalOf({ door: 'private' }, {}, NOW);
const PUBLIC = arrivalOf({ door: 'public' }, { 'cloudfront-viewer-country': 'KR' }, NOW);

type Sent = Record<string, unknown>;
const event = (more: Sent = {}): Sent => ({
  event_id: randomUUID(),
  name: 'view_item',
  occurred_at: new Date(NOW - 1000).toISOString(),
  user_id: 'u1',
  properties: { item_id: 'P1' },
  ...more,
});

async function collect(body: unknown, arrival = PRIVATE) {
  const stream = memoryStream();
  const deps = { stream, quarantine: memoryQuarantine(), ids: countedIds(), pseudonyms };
  const result = await collectEvents(deps, ctx, { body, arrival });
  return { result, rows: stream.rows(), records: stream.records };
}
const row = async (more: Sent, arrival = PRIVATE) => (await collect([event(more)], arrival)).rows[0];
const error = async (more: Sent) => (await collect([event(more)])).result.errors[0];

describe('a batch of events', () => {
  it('is one event, an array, or an object with events', async () => {
    const body = event();
    for (const form of [body, [body], { events: [body] }])
      expect((await collect(form)).result).toMatchObject({ accepted: 1, rejected: 0 });
  });

  it('keeps every good event and tells every bad one by its place', async () => {
    const kind = fc.constantFrom('good', 'unknown name', 'no id', 'not an object');
    await fc.assert(
      fc.asyncProperty(fc.array(kind, { minLength: 1, maxLength: 40 }), async (kinds) => {
        const batch = kinds.map((is) => {
          if (is === 'not an object') return 7;
          return event({
            ...(is === 'unknown name' && { name: 'viewitem' }),
            ...(is === 'no id' && { event_id: 'x' }),
          });
        });
        const { result, rows } = await collect({ events: batch });
        const good = batch.flatMap((sent, index) =>
          kinds[index] === 'good' ? [(sent as Sent)['event_id']] : [],
        );
        expect(rows.map(({ event_id }) => event_id).sort()).toEqual([...good].sort());
        expect(result.errors.map(({ index }) => index)).toEqual(
          kinds.flatMap((is, index) => (is === 'good' ? [] : [index])),
        );
        expect(result.accepted + result.rejected).toBe(batch.length);
      }),
    );
  });

  it.each([
    ['nothing', []],
    ['more than 500', Array.from({ length: 501 }, () => event())],
    ['a text', 'event'],
    ['null', null],
    ['an unknown field beside events', { events: [event()], source: 'server' }],
    ['events that are no array', { events: event() }],
    ['one event with an unknown field', event({ colour: 'red' })],
    ['one event without a name', event({ name: undefined })],
  ])('is refused as a whole when it is %s', async (_, body) => {
    await expect(collect(body)).rejects.toMatchObject({ code: 'validation' });
  });

  it('is answered only when the stream has it', async () => {
    const stream = {
      write: async () => {
        throw new RepointError('unavailable', 'busy');
      },
    };
    const deps = { stream, quarantine: memoryQuarantine(), ids: countedIds(), pseudonyms };
    const asked = collectEvents(deps, ctx, { body: [event()], arrival: PRIVATE });
    await expect(asked).rejects.toMatchObject({ code: 'unavailable' });
  });

  it('travels by person: the lane is that of the user, else of the browser, else of the event', async () => {
    const nobody = event({ user_id: null, consent: { analytics: false } });
    const { records, rows } = await collect([event(), event({ user_id: null, anonymous_id: 'a1' }), nobody]);
    expect(rows).toHaveLength(3);
    for (const person of ['u1', 'a1', String(nobody['event_id'])])
      expect(records.map(({ partitionKey }) => partitionKey)).toContain(laneOf(person));
  });
});

describe('a row', () => {
  it('is what the table of the lake declares', async () => {
    const ajv = new Ajv2020({ strict: false });
    const columns = Object.keys(table['x-partitions']);
    const declared = {
      ...table,
      properties: {
        ...table.properties,
        ...Object.fromEntries(columns.map((name) => [name, { type: 'string' }])),
      },
    };
    const full = await row(
      {
        anonymous_id: 'a1',
        session_id: 's1',
        device: { type: 'PC', platform: 'web', os: 'macOS', app_version: '1.2' },
        page: { url: 'https://shop.example.com/', title: '홈', referrer: null },
        utm: { source: 'naver', medium: 'cpc', campaign: 'c', term: 't', content: 'x' },
      },
      PUBLIC,
    );
    for (const line of [full, await row({})]) {
      ajv.validate(declared, line);
      expect(ajv.errors).toBeNull();
    }
    expect(full).toMatchObject({ device_type: 'pc', country: 'KR', source: 'client', page_title: '홈' });
    expect(full).not.toHaveProperty('page_referrer');
  });

  it('has its event id in lower case, so that an id counts once however it is written', async () => {
    const id = randomUUID();
    expect(await row({ event_id: id.toUpperCase() })).toMatchObject({ event_id: id });
  });

  it('comes from a client when it came through the public door, whatever it says', async () => {
    expect(await row({ source: 'server' }, PUBLIC)).toMatchObject({ source: 'client' });
    expect(await row({ source: 'client' })).toMatchObject({ source: 'client' });
    expect(await row({})).toMatchObject({ source: 'server' });
  });

  it('names nobody without consent to analytics', async () => {
    const line = await row({
      name: 'login',
      user_id: 'user-kim',
      anonymous_id: 'browser-kim',
      session_id: 'session-kim',
      consent: { analytics: false },
      properties: { user_id: 'user-kim', method: 'password' },
    });
    expect(JSON.stringify(line)).not.toMatch(/kim/);
  });

  it('says who signed in, whether the envelope or the property told', async () => {
    const line = await row({
      name: 'login',
      user_id: null,
      anonymous_id: 'a1',
      properties: { user_id: 'u9' },
    });
    expect(line).toMatchObject({ user_id: 'u9', anonymous_id: 'a1' });
    const other = await row({ name: 'login', properties: { method: 'password' } });
    expect(JSON.parse(other?.properties ?? '')).toMatchObject({ user_id: 'u1' });
  });

  it('marks programs that say what they are, on the public door alone', async () => {
    const headers = { 'user-agent': 'Mozilla/5.0 (compatible; Googlebot/2.1)' };
    expect(await row({}, arrivalOf({ door: 'public' }, headers, NOW))).toMatchObject({ bot: true });
    expect(await row({}, arrivalOf({ door: 'private' }, headers, NOW))).toMatchObject({ bot: false });
  });

  it.each([
    ['a search engine', 'Mozilla/5.0 (compatible; Yeti/1.1; +https://naver.me/spd)', true],
    ['a messenger that fetches a preview', 'facebookexternalhit/1.1;kakaotalk-scrap/1.0', true],
    [
      'a browser without a screen',
      'Mozilla/5.0 (X11; Linux x86_64) HeadlessChrome/120.0 Safari/537.36',
      true,
    ],
    ['a program', 'python-requests/2.31.0', true],
    [
      'a page inside KakaoTalk',
      'Mozilla/5.0 (iPhone; CPU iPhone OS 17_2 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) Mobile/15E148 KAKAOTALK 10.4.5',
      false,
    ],
    [
      'a page inside Naver',
      'Mozilla/5.0 (Linux; Android 13; SM-G991N) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/119.0 Mobile Safari/537.36 NAVER(inapp; search; 1080; 12.4.2)',
      false,
    ],
    ['an Android app', 'okhttp/4.12.0', false],
    ['a Kotlin app', 'ktor-client', false],
    ['a game', 'UnityPlayer/2022.3.1f1 (UnityWebRequest/1.0, libcurl/8.1.1-DEV)', false],
    ['an iPhone app', 'Shop/120 CFNetwork/1410.0.3 Darwin/22.6.0', false],
    ['who says nothing', '', false],
  ])('knows %s by what it calls itself', (_, userAgent, bot) => {
    expect(arrivalOf({ door: 'public' }, { 'user-agent': userAgent }, NOW)).toMatchObject({ bot });
  });
});

describe('a bad event', () => {
  it.each([
    ['the name, with the nearest known ones', { name: 'view_itme' }, 'name', /view_item/],
    ['a name that objects have by birth', { name: 'constructor' }, 'name', /tracking plan/],
    ['a time without a zone', { occurred_at: '2026-11-21T09:00:00' }, 'occurred_at', /zone/],
    ['a time too far ahead', { occurred_at: NOW + 86_400_001 }, 'occurred_at', /24 hours/],
    ['a missing identifier', { user_id: null }, 'user_id', /anonymous_id/],
    ['a missing property', { properties: {} }, 'properties.item_id', /missing/],
    [
      'a property of another type',
      { properties: { item_id: 'P1', price: '9' } },
      'properties.price',
      /number/,
    ],
    ['every type that a field may have', { user_id: 7 }, 'user_id', /must be string or null \(was 7\)/],
    [
      'a currency that there is not',
      { properties: { item_id: 'P1', currency: 'WON' } },
      'properties.currency',
      /iso-4217.*WON/,
    ],
    [
      'a property in camel case',
      { properties: { item_id: 'P1', itemName: 'x' } },
      'properties.itemName',
      /name/,
    ],
    ['an unknown field', { colour: 'red' }, 'colour', /known/],
    ['an unknown field further down', { device: { maker: 'x' } }, 'device.maker', /known/],
    [
      'too many properties',
      { properties: { item_id: 'P1', text: 'x'.repeat(70_000) } },
      'properties',
      /65536/,
    ],
    ['two different users', { name: 'login', properties: { user_id: 'u2' } }, 'properties.user_id', /u1/],
  ])('says %s', async (_, more, field, message) => {
    const bad = await error(more);
    expect(bad).toMatchObject({ index: 0, code: 'validation', field });
    expect(bad?.message).toMatch(message);
    expect(bad?.event_id).toMatch(/^[0-9a-f-]{36}$/);
  });

  it.each([
    [
      'a hundred thousand fields',
      Object.fromEntries(Array.from({ length: 100_000 }, (_, at) => [`f${at}`, 0])),
    ],
    ['a field with an endless name', { ['x'.repeat(3_000_000)]: 0 }],
    ['a time without end', { occurred_at: '"'.repeat(1_000_000) }],
    ['a user without end', { name: 'login', properties: { user_id: 'x'.repeat(3_000_000) } }],
  ])('with %s leaves room for the answer to all others', async (_, more) => {
    const { result } = await collect([event(), event(more)]);
    expect(result).toMatchObject({ accepted: 1, rejected: 1 });
    expect(result.errors[0]?.message.length).toBeGreaterThan(20);
    expect(JSON.stringify(result).length).toBeLessThan(100_000);
  });

  it('tells everything that is wrong with it', async () => {
    const bad = await error({ properties: { price: -1 }, user_id: null });
    expect(bad?.problems?.map(({ field }) => field).sort()).toEqual([
      'properties.item_id',
      'properties.price',
      'user_id',
    ]);
  });

  it.each([
    [
      'in the envelope, the time, the identity and the properties',
      { event_id: 'x', occurred_at: 'today', user_id: null, colour: 'red', properties: { price: '9' } },
      ['colour', 'event_id', 'occurred_at', 'properties.item_id', 'properties.price', 'user_id'],
    ],
    [
      'in the time and the name',
      { name: 'view_itme', occurred_at: '2026-11-21T09:00:00', user_id: null },
      ['name', 'occurred_at', 'user_id'],
    ],
    [
      'in properties that are too deep as well',
      { properties: JSON.parse(`{"price": -1, "more": ${'['.repeat(20)}${']'.repeat(20)}}`) },
      ['properties', 'properties.item_id', 'properties.price'],
    ],
    [
      'in properties that are too long as well',
      { properties: { price: -1, text: 'x'.repeat(70_000) } },
      ['properties', 'properties.item_id', 'properties.price'],
    ],
    [
      'in an id that nobody made',
      { event_id: `${'0'.repeat(8)}-0000-0000-0000-${'0'.repeat(12)}` },
      ['event_id'],
    ],
    ['in a name of another type', { name: 7, occurred_at: 'today' }, ['name', 'occurred_at']],
    ['in a user once', { name: 'login', user_id: 7, properties: {} }, ['user_id']],
    ['in properties of another type once', { properties: 'none' }, ['properties']],
    ['in the consent once', { user_id: null, consent: { analytics: 'no' } }, ['consent.analytics']],
  ])('tells what is wrong %s', async (_, more, fields) => {
    const [good, bad] = [event(), event(more)];
    const { result, rows } = await collect([good, bad]);
    expect(rows).toHaveLength(1);
    const [told] = result.errors;
    expect((told?.problems ?? [told]).map((one) => one?.field).sort()).toEqual(fields);
  });

  it('is refused with a reason, whatever it is', async () => {
    const odd = fc.oneof(fc.jsonValue(), fc.constantFrom('u1', 'login', 'view_item', 0, {}, [], null));
    const name = fc.oneof(odd, fc.constantFrom('login', 'purchase', 'view_item', 'page_view'));
    const fields = [
      'event_id',
      'occurred_at',
      'user_id',
      'anonymous_id',
      'consent',
      'properties',
      'page',
      'x',
    ];
    const changes = fc.tuple(name, fc.dictionary(fc.constantFrom(...fields), odd));
    await fc.assert(
      fc.asyncProperty(changes, async ([called, change]) => {
        const { result } = await collect([event({ name: called, ...change })]);
        expect(result.accepted + result.errors.filter(({ message }) => message !== '').length).toBe(1);
      }),
    );
  });
});
