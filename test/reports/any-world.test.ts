/** The views of spec §1 and §7 beside the oracle of bench/truth, over shops that nobody has thought of. */
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { differences, figuresOfViews } from '../../bench/truth/compare.ts';
import type { Hit, Origin } from '../../bench/truth/hits.ts';
import { figuresOf } from '../../bench/truth/oracle.ts';
import { judge } from '../../lambdas/events/judge.ts';
import { TIME_ZONE } from '../local/aws/support/lake.ts';
import { lakeFixtureIn } from '../local/aws/support/lake-fixture.ts';
import { WHOLE } from '../support/matrix.ts';

const VIEWS = [
  ...['events', 'sessions', 'daily_behaviour', 'traffic_sources', 'page_performance', 'funnel'],
  ...['cart_abandonment', 'add_to_cart_rate', 'dau_mau'],
];
/** Clocks in New York go forward on the seventh day of the worlds. */
const ZONES = ['America/New_York', ...(WHOLE ? [TIME_ZONE] : [])];

const START = Date.UTC(2026, 2, 2);
const [SECOND, MINUTE, HOUR, DAY] = [1000, 60_000, 3_600_000, 86_400_000];
const SHOP = 'https://shop.example.com';

/** What leads to a page, and what that is called (spec §1, "Traffic source"). */
const ENTRANCES: readonly (readonly [told: Record<string, unknown>, from: Origin])[] = [
  [{}, { source: '(direct)', medium: '(none)', channel: 'Direct' }],
  [{ utm: { source: 'naver', medium: 'cpc' } }, { source: 'naver', medium: 'cpc', channel: 'Paid Search' }],
  [
    { referrer: 'https://www.google.com/' },
    { source: 'google', medium: 'organic', channel: 'Organic Search' },
  ],
];
const MESSAGE: Origin = { source: 'repoint', medium: 'message', channel: 'Message' };
const WITHOUT_PROPERTIES = ['page_view', 'app_open', 'message_click', 'message_open'] as const;

const happening = fc.record({
  // Most of what is done is part of a visit.
  pause: fc.oneof(
    { weight: 4, arbitrary: fc.constantFrom(1, SECOND, 29 * MINUTE, 30 * MINUTE - 1) },
    { weight: 1, arbitrary: fc.constantFrom(30 * MINUTE, 5 * HOUR, 20 * HOUR, 7 * DAY, 30 * DAY) },
  ),
  name: fc.constantFrom(
    ...([...WITHOUT_PROPERTIES, 'page_view', 'page_view', 'search', 'refund'] as const),
    ...(['view_item', 'add_to_cart', 'add_to_cart', 'begin_checkout', 'purchase'] as const),
  ),
  page: fc.constantFrom('/', '/shoes', '/shoes/1?size=42#more', undefined),
  entrance: fc.nat(ENTRANCES.length - 1),
  /** How long the event, its copy or the server's report of an order is on its way. */
  delays: fc.array(fc.constantFrom(0, MINUTE, 80 * HOUR, 9 * DAY), { minLength: 1, maxLength: 3 }),
  cents: fc.integer({ min: 0, max: 1_000_000 }),
  serverTells: fc.boolean(),
});
const visitor = fc.record({
  begins: fc.integer({ min: 0, max: 2 * DAY }),
  consents: fc.constantFrom(true, true, true, false),
  robot: fc.constantFrom(false, false, false, false, true),
  /** From which of their deeds on they are signed in; after the last: never. */
  signsIn: fc.nat(14),
  deeds: fc.array(happening, { minLength: 1, maxLength: 12, size: 'max' }),
});
type Visitor = typeof visitor extends fc.Arbitrary<infer One> ? One : never;
type Deed = Visitor['deeds'][number];

let made = 0;
const uuid = (): string => `00000000-0000-4000-8000-${String(made++).padStart(12, '0')}`;

const PROPERTIES: Readonly<Record<string, object>> = {
  search: { query: 'shoes' },
  view_item: { item_id: 'P1' },
  add_to_cart: { item_id: 'P1', quantity: 1 },
  message_open: { message_id: 'm-1' },
  message_click: { message_id: 'm-1' },
};
const isOrder = ({ name }: Deed): boolean => name === 'purchase' || name === 'refund';
const entranceOf = ({ name, entrance }: Deed) =>
  (name === 'message_click' ? undefined : ENTRANCES[entrance]) ?? ([{}, MESSAGE] as const);
const addressOf = ({ page }: Deed) => (page === undefined ? {} : { page: SHOP + page });

/** A deed as somebody tells it. */
function toldOf(deed: Deed, at: number, order: string): Record<string, unknown> {
  const [{ utm, referrer }] = entranceOf(deed);
  return {
    name: deed.name,
    occurred_at: at,
    page: { url: addressOf(deed).page ?? null, referrer: referrer ?? null },
    utm: utm ?? null,
    properties: isOrder(deed)
      ? { transaction_id: order, revenue: deed.cents / 100, currency: 'KRW' }
      : (PROPERTIES[deed.name] ?? {}),
  };
}

/** The row that the collector makes of an event. */
function rowOf(event: Record<string, unknown>, receivedMs: number, bot: boolean): Record<string, unknown> {
  const { row, problems } = judge(event, { door: 'private', receivedMs, country: undefined, bot });
  if (!row) throw new Error(JSON.stringify(problems));
  return { ...row };
}

/** All reports of a deed, and when it was by the one that counts. */
function reportsOf(one: Visitor, number: number, deed: Deed, at: number, isKnown: boolean) {
  const who = { anonymous_id: `b${number}`, consent: { analytics: one.consents } };
  const member = { user_id: `u${number}` };
  const signsIn = one.signsIn < one.deeds.length;
  const [id, order] = [uuid(), uuid()];
  const own = { event_id: id, ...toldOf(deed, at, order), ...who, ...(isKnown ? member : {}) };
  const rows = deed.delays.map((delay) => rowOf(own, at + delay, one.robot));
  if (deed.name !== 'purchase' || !deed.serverTells) return { rows, at, until: at };
  const until = at + SECOND;
  const server = { event_id: uuid(), ...toldOf(deed, until, order), ...who, ...(signsIn ? member : {}) };
  rows.push(rowOf(server, until + Math.max(...deed.delays), one.robot));
  // Of two reports that counts which names the member, else the one that came first.
  return { rows, at: one.consents && signsIn && !isKnown ? until : at, until };
}

/** Everything a visitor does: the rows that come of it, and what it is by the words of the spec. */
function storyOf(one: Visitor, number: number) {
  const rows: Record<string, unknown>[] = [];
  const hits: Hit[] = [];
  let now = START + one.begins;
  for (const [index, deed] of one.deeds.entries()) {
    // The oracle counts everybody's money, and robots have none.
    if (one.robot && isOrder(deed)) continue;
    const reports = reportsOf(one, number, deed, now + deed.pause, index >= one.signsIn);
    rows.push(...reports.rows);
    now = reports.until;
    if (one.robot) continue;
    const [, from] = entranceOf(deed);
    const money = isOrder(deed) ? { cents: deed.cents, currency: 'KRW' } : {};
    const who = one.consents ? `visitor ${number}` : undefined;
    hits.push({ at: reports.at, who, name: deed.name, from, ...addressOf(deed), ...money });
  }
  return { rows, hits };
}

describe.each(ZONES)('sessions, users, sources, pages, funnel, carts and activity in %s', (timeZone) => {
  const lake = lakeFixtureIn(timeZone, ...VIEWS);
  const days = new Intl.DateTimeFormat('en-CA', { timeZone, dateStyle: 'short' });
  it('are what the definitions say, whatever comes twice, late, from robots, without consent or before a login', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(visitor, { minLength: 30, maxLength: 40 }), async (visitors) => {
        lake.clear('events_raw');
        const stories = visitors.map(storyOf);
        await lake.write(
          'events_raw',
          stories.flatMap(({ rows }) => rows),
        );
        const expected = figuresOf(
          stories.flatMap(({ hits }) => hits),
          (ms) => days.format(ms),
        );
        expect(differences(expected, await figuresOfViews(lake.query))).toEqual([]);
      }),
      // Each look at a world takes seconds; a smaller one that fails as well is not looked for.
      { numRuns: WHOLE ? 20 : 1, endOnFailure: true },
    );
  }, 900_000);
});
