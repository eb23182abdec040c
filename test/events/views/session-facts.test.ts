import { beforeEach, describe, expect, it } from 'vitest';
import { eventLine } from '../../local/aws/support/lake.ts';
import { lakeFixture } from '../../local/aws/support/lake-fixture.ts';

const lake = lakeFixture(
  ...['events', 'deployment', 'local_days', 'identities', 'people', 'session_facts'],
  ...['session_sources', 'sessions', 'traffic_source_rules'],
);
beforeEach(() => lake.clear('events_raw'));

let made = 0;
/** Seoul's midnight is 15:00 UTC. */
const did = (occurred_at: string, more: Record<string, unknown> = {}) =>
  eventLine({
    event_id: `e${made++}`,
    occurred_at: `${occurred_at}.000`,
    anonymous_id: 'b1',
    page_url: 'https://shop.example.com/',
    ...more,
  });

const sessions = (where = '') =>
  lake.query(`SELECT day, started_at, events FROM session_facts ${where} ORDER BY started_at, visitor`);

describe('view session_facts', () => {
  it('ends a session after exactly 30 minutes without anything', async () => {
    await lake.write('events_raw', [
      did('2026-03-02 01:00:00'),
      did('2026-03-02 01:29:59'),
      did('2026-03-02 01:59:59'),
    ]);
    expect(await sessions()).toEqual([
      ['2026-03-02', '2026-03-02 01:00:00.000', '2'],
      ['2026-03-02', '2026-03-02 01:59:59.000', '1'],
    ]);
  });

  it('is cut by no midnight, UTC or local, whichever day is asked for', async () => {
    await lake.write('events_raw', [
      did('2026-03-02 14:50:00'),
      did('2026-03-02 15:10:00'),
      did('2026-03-02 23:50:00'),
      did('2026-03-03 00:10:00'),
    ]);
    const [evening, morning] = [
      ['2026-03-02', '2026-03-02 14:50:00.000', '2'],
      ['2026-03-03', '2026-03-02 23:50:00.000', '2'],
    ];
    expect(await sessions()).toEqual([evening, morning]);
    expect(await sessions("WHERE day = DATE '2026-03-02'")).toEqual([evening]);
    expect(await sessions("WHERE day = DATE '2026-03-03'")).toEqual([morning]);
  });

  it('loses and doubles nothing of what goes on for days, and cuts it at the first quarter of a UTC day six hours after midnight', async () => {
    const start = Date.parse('2026-03-02T10:00:00Z');
    const lines = Array.from({ length: 200 }, (_, index) =>
      did(new Date(start + index * 20 * 60_000).toISOString().slice(0, 19).replace('T', ' ')),
    );
    await lake.write('events_raw', lines);
    const found = await sessions();
    expect(found.map(([day, started]) => [day, started])).toEqual([
      ['2026-03-02', '2026-03-02 10:00:00.000'],
      ['2026-03-03', '2026-03-03 00:00:00.000'],
      ['2026-03-04', '2026-03-04 00:00:00.000'],
      ['2026-03-05', '2026-03-05 00:00:00.000'],
    ]);
    expect(found.reduce((sum, [, , events]) => sum + Number(events), 0)).toBe(lines.length);
  });

  it('leaves out robots, whoever gave no consent, and what happens without a visit', async () => {
    await lake.write('events_raw', [
      did('2026-03-02 01:00:00', { bot: true }),
      did('2026-03-02 01:00:01', { anonymous_id: undefined }),
      did('2026-03-02 01:00:02', { name: 'message_open', user_id: 'u1' }),
      did('2026-03-02 01:00:03', { name: 'refund', user_id: 'u1', properties: '{"transaction_id":"t1"}' }),
    ]);
    expect(await sessions()).toEqual([]);
  });

  it('takes a product page that was only looked at for a bounce, and a second page or a deed for none', async () => {
    await lake.write('events_raw', [
      did('2026-03-02 01:00:00', { anonymous_id: 'looked' }),
      did('2026-03-02 01:00:00', { anonymous_id: 'looked', name: 'view_item' }),
      did('2026-03-02 01:00:00', { anonymous_id: 'moved' }),
      did('2026-03-02 01:00:05', {
        anonymous_id: 'moved',
        name: 'view_item',
        page_url: 'https://shop.example.com/p/1',
      }),
      did('2026-03-02 01:00:00', { anonymous_id: 'searched' }),
      did('2026-03-02 01:00:05', { anonymous_id: 'searched', name: 'search' }),
    ]);
    expect(await lake.query('SELECT anonymous_id, bounced FROM session_facts ORDER BY 1')).toEqual([
      ['looked', 'true'],
      ['moved', 'false'],
      ['searched', 'false'],
    ]);
  });
});

describe('view sessions', () => {
  it('gives what was done before the login to the first member who logs in afterwards, weeks later too', async () => {
    await lake.write('events_raw', [
      did('2026-03-02 01:00:00'),
      did('2026-03-20 01:00:00', { user_id: 'u1' }),
      did('2026-03-21 01:00:00', { user_id: 'u2' }),
      did('2026-03-21 05:00:00'),
    ]);
    expect(await lake.query('SELECT person, member, new_user FROM sessions ORDER BY started_at')).toEqual([
      ['u#u1', 'u1', 'true'],
      ['u#u1', 'u1', 'false'],
      ['u#u2', 'u2', 'true'],
      ['a#b1', undefined, 'true'],
    ]);
  });

  it('tells where a session came from by its first event', async () => {
    const cases: [entrance: Record<string, unknown>, origin: string[]][] = [
      [{ page_referrer: 'https://www.google.co.kr/' }, ['google', 'organic', 'Organic Search']],
      [
        { page_referrer: 'https://m.search.naver.com/search.naver?query=a' },
        ['naver', 'organic', 'Organic Search'],
      ],
      [{ page_referrer: 'https://mail.google.com/' }, ['mail.google.com', 'referral', 'Referral']],
      [{ page_referrer: 'https://l.facebook.com/' }, ['facebook', 'referral', 'Social']],
      [{ page_referrer: 'https://m.shop.example.com/cart' }, ['(direct)', '(none)', 'Direct']],
      [{ utm_source: 'google', utm_medium: 'CPC' }, ['google', 'CPC', 'Paid Search']],
      [{ utm_source: 'facebook', utm_medium: 'cpc' }, ['facebook', 'cpc', 'Social']],
      [{ utm_source: 'repoint', utm_medium: 'email' }, ['repoint', 'email', 'Message']],
      [{ utm_source: 'letter', utm_medium: 'email' }, ['letter', 'email', 'Email']],
      [{ utm_source: 'poster' }, ['poster', '(not set)', 'Other']],
      [{ name: 'message_click' }, ['repoint', 'message', 'Message']],
      [{ page_url: 'https://shop.example.com/?gclid=1' }, ['google', 'cpc', 'Paid Search']],
    ];
    await lake.write(
      'events_raw',
      cases.map(([entrance], index) =>
        did('2026-03-02 01:00:00', { anonymous_id: `b${100 + index}`, ...entrance }),
      ),
    );
    expect(await lake.query('SELECT source, medium, channel FROM session_sources ORDER BY visitor')).toEqual(
      cases.map(([, origin]) => origin),
    );
  });
});
