import { DuckDBInstance } from '@duckdb/node-api';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { viewFiles } from '../../lib/shared/view-files.ts';
import { MACROS } from '../../local/aws/athena/macros.ts';
import { toDuckDb } from '../../local/aws/athena/translate.ts';
import { eventLine } from '../local/aws/support/lake.ts';
import { lakeFixture } from '../local/aws/support/lake-fixture.ts';

const HOUR = 60 * 60 * 1000;
const WEEK = 7 * 24 * HOUR;
/** A Monday, 00:00 UTC. */
const START = Date.parse('2026-11-16T00:00:00Z');

/** One recipient of one run. */
interface Recipient {
  readonly id: string;
  readonly campaign: string | null;
  readonly send: string | null;
  readonly part: 'first' | 'rest';
  /** Null: nobody knows who holds the address. */
  readonly user: string | null;
  readonly variant: string;
  readonly channel: 'GCM' | 'EMAIL';
  readonly status: 'sent' | 'failed' | 'uncertain' | 'held';
  /** Milliseconds since the epoch. */
  readonly at: number;
}
interface Told {
  readonly message: number;
  readonly event: 'open' | 'click' | 'delivered' | 'bounce';
  readonly afterMs: number;
}
interface Order {
  readonly user: string | null;
  readonly at: number;
  readonly revenue: number;
  readonly currency: string;
}

const hour = fc.integer({ min: 0, max: 24 * 24 }).map((hours) => START + hours * HOUR);
const recipients: fc.Arbitrary<Recipient[]> = fc
  .array(
    fc.record({
      occasion: fc.constantFrom(
        ...(['c1 s1 first', 'c1 s1 rest', 'c1 s2 first', 'c2 s3 first'] as const),
        null,
      ),
      user: fc.constantFrom('u1', 'u2', 'u3', 'u4', null),
      variant: fc.constantFrom('0', '1'),
      channel: fc.constantFrom('GCM', 'EMAIL'),
      status: fc.constantFrom('sent', 'sent', 'sent', 'held', 'failed', 'uncertain'),
      at: hour,
    }),
    { maxLength: 60, size: 'max' },
  )
  .map((all) =>
    all.map(({ occasion, ...rest }, index): Recipient => {
      const [campaign = null, send = null, part] = occasion?.split(' ') ?? [];
      const variant = rest.status === 'held' ? 'holdout' : rest.variant;
      return {
        ...rest,
        variant,
        campaign,
        send,
        part: part === 'rest' ? 'rest' : 'first',
        id: `m${String(index).padStart(2, '0')}`,
      };
    }),
  );
const told: fc.Arbitrary<Told[]> = fc.array(
  fc.record({
    message: fc.nat({ max: 70 }),
    event: fc.constantFrom('open', 'click', 'delivered', 'bounce'),
    afterMs: fc.integer({ min: 0, max: 10 * 24 }).map((hours) => hours * HOUR),
  }),
  { maxLength: 60, size: 'max' },
);
const orders: fc.Arbitrary<Order[]> = fc.array(
  fc.record({
    user: fc.constantFrom('u1', 'u2', 'u3', 'u4', null),
    at: hour,
    revenue: fc.integer({ min: 0, max: 300 }),
    currency: fc.constantFrom('KRW', 'KRW', 'USD'),
  }),
  { maxLength: 40, size: 'max' },
);

const weekOf = (at: number): number => START + Math.floor((at - START) / WEEK) * WEEK;
const textOf = (at: number): string => new Date(at).toISOString().replace('T', ' ').slice(0, 23);
const dayOf = (at: number): string => textOf(at).slice(0, 10);

function groupedBy<Item>(items: readonly Item[], keyOf: (item: Item) => string): Map<string, Item[]> {
  const groups = new Map<string, Item[]>();
  for (const item of items) groups.set(keyOf(item), [...(groups.get(keyOf(item)) ?? []), item]);
  return groups;
}

/** The messages and holdouts that get an order: the header of `touches`, read aloud. */
function creditedTo(all: readonly Recipient[], order: Order): Recipient[] {
  const before = all
    .filter(({ user, at }) => user !== null && user === order.user && at <= order.at)
    .sort((a, b) => a.at - b.at || (a.id < b.id ? -1 : 1));
  const fresh = ({ at }: Recipient) => order.at - at < WEEK;
  const lastSent = before.findLastIndex(({ status }) => status === 'sent');
  const heldOut = [...new Set(before.map(({ campaign }) => campaign))].flatMap((campaign) => {
    const last = before.findLastIndex((one) => one.status === 'held' && one.campaign === campaign);
    return last > lastSent ? [last] : [];
  });
  return [lastSent, ...heldOut].flatMap((index) => before[index] ?? []).filter(fresh);
}

/** The header of the view, read aloud for one row. */
function naive(all: readonly Recipient[], events: readonly Told[], bought: readonly Order[]) {
  const mine = all.filter(({ campaign }) => campaign !== null);
  const keyOf = ({ campaign, send, part, variant, at }: Recipient) =>
    [campaign, send, part, variant, dayOf(weekOf(at))].join(' ');
  const memberOf = ({ user, id }: Recipient) => user ?? `e-${id}`;
  const credits = bought.flatMap((order) =>
    creditedTo(all, order).map((to) => ({
      order,
      key: keyOf(to),
      member: memberOf(to),
      scope: `${to.send} ${weekOf(to.at)}`,
    })),
  );
  const currencyOf = (scope: string): string | null => {
    const found = credits.filter((credit) => credit.scope === scope).map(({ order }) => order.currency);
    const won = found.filter((currency) => currency === 'KRW').length;
    if (found.length === 0) return null;
    return won >= found.length - won ? 'KRW' : 'USD';
  };
  return [...groupedBy(mine, keyOf)]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, group]) => {
      const count = (holds: (one: Recipient) => boolean) => new Set(group.filter(holds).map(memberOf)).size;
      const has = (one: Recipient, name: Told['event']) =>
        events.some(
          ({ message, event, afterMs }) => all[message] === one && event === name && afterMs < WEEK,
        );
      const [first] = group;
      const currency = currencyOf(`${first?.send} ${weekOf(first?.at ?? 0)}`);
      const own = credits.filter((credit) => credit.key === key);
      const domestic = own.filter(({ order }) => order.currency === currency);
      const byMember = [...groupedBy(domestic, ({ member }) => member).values()].map((some) =>
        some.reduce((sum, { order }) => sum + order.revenue, 0),
      );
      const delivered = count(
        (one) =>
          has(one, 'open') ||
          has(one, 'click') ||
          has(one, 'delivered') ||
          (one.channel === 'GCM' && one.status === 'sent'),
      );
      const members = count(() => true);
      const converted = new Set(own.map(({ member }) => member)).size;
      const revenue = byMember.reduce((sum, value) => sum + value, 0);
      const opened = count((one) => has(one, 'open'));
      const clicked = count((one) => has(one, 'click'));
      return {
        key,
        members,
        sent: count(({ status }) => status === 'sent'),
        delivered,
        opened,
        clicked,
        converted,
        orders: own.length,
        revenue,
        revenue_squares: byMember.reduce((sum, value) => sum + value * value, 0),
        currency: own.length === 0 ? null : currency,
        foreign_orders: own.length - domestic.length,
        open_rate: delivered === 0 ? null : opened / delivered,
        click_rate: delivered === 0 ? null : clicked / delivered,
        conversion_rate: converted / members,
        revenue_per_member: revenue / members,
      };
    });
}

const tagsOf = ({ campaign, send, part }: Recipient): string =>
  JSON.stringify(
    campaign === null
      ? {}
      : {
          'repoint:campaign': campaign,
          'repoint:send': send,
          'repoint:split': part === 'rest' ? '2500,0,7500' : '0,500,9500',
        },
  );

const ledgerRow = (one: Recipient) => ({
  event_type: '_campaign.send',
  message_id: one.id,
  campaign_tags: tagsOf(one),
  treatment_id: one.status === 'held' ? null : one.variant,
  user_id: one.user,
  endpoint_id: `e-${one.id}`,
  channel: one.channel,
  status: one.status === 'held' ? 'skipped' : one.status,
  reason: one.status === 'held' ? 'HOLDOUT' : 'SUCCESS',
  occurred_at: textOf(one.at),
  day: dayOf(one.at),
});

let db: Awaited<ReturnType<DuckDBInstance['connect']>>;
beforeAll(async () => {
  db = await (await DuckDBInstance.create(':memory:', { threads: '1' })).connect();
  for (const macro of MACROS) await db.run(macro);
});
afterAll(() => db.closeSync());

const sqlOf = (name: string): string => {
  const view = viewFiles().find((one) => one.name === name);
  if (!view) throw new Error(`the view ${name} is not in the tree`);
  return toDuckDb(view.sql.replaceAll('${database}', 'main'));
};

async function load(
  table: string,
  columns: Readonly<Record<string, string>>,
  rows: readonly object[],
): Promise<void> {
  const select = Object.entries(columns).map(([name, type]) => `CAST(e->>'${name}' AS ${type}) AS "${name}"`);
  await db.run(
    `CREATE OR REPLACE TABLE ${table} AS SELECT ${select.join(', ')} FROM (SELECT unnest(from_json($1::JSON, '["JSON"]')) AS e)`,
    [JSON.stringify(rows)],
  );
}

const texts = (...names: string[]) => Object.fromEntries(names.map((name) => [name, 'VARCHAR']));

async function loadAll(
  all: readonly Recipient[],
  events: readonly Told[],
  bought: readonly Order[],
): Promise<void> {
  const ledger = texts(
    ...['event_type', 'message_id', 'campaign_tags', 'treatment_id', 'user_id'],
    ...['endpoint_id', 'channel', 'status', 'reason'],
  );
  await load('ledger_states', { ...ledger, occurred_at: 'TIMESTAMP', day: 'DATE' }, all.map(ledgerRow));
  const happened = events.flatMap(({ message, event, afterMs }) => {
    const at = (all[message]?.at ?? START) + afterMs;
    return [{ message_id: all[message]?.id ?? 'unknown', event, at: textOf(at), day: dayOf(at) }];
  });
  await load('message_events', { ...texts('message_id', 'event'), at: 'TIMESTAMP', day: 'DATE' }, happened);
  const purchases = bought.map(({ user, at, revenue, currency }) => ({
    name: 'purchase',
    user_id: user,
    occurred_at: textOf(at),
    revenue,
    currency,
    day: dayOf(at),
  }));
  const columns = {
    ...texts('name', 'user_id', 'currency'),
    revenue: 'DECIMAL(18,4)',
    occurred_at: 'TIMESTAMP',
    day: 'DATE',
  };
  await load('events', columns, purchases);
}

describe('variant_results', () => {
  it('counts each member once a variant, and credits each order as its header says', async () => {
    const touches = sqlOf('touches');
    const results = sqlOf('variant_results');
    await fc.assert(
      fc.asyncProperty(recipients, told, orders, async (all, events, bought) => {
        await loadAll(all, events, bought);
        await db.run(`CREATE OR REPLACE VIEW touches AS ${touches}`);
        const found = (await db.runAndReadAll(results)).getRowObjectsJson().map((row) => {
          const { campaign_id, send_id, part, variant, week, currency, ...numbers } = row;
          return {
            key: [campaign_id, send_id, part, variant, week].join(' '),
            currency,
            ...Object.fromEntries(
              Object.entries(numbers).map(([name, value]) => [name, value === null ? null : Number(value)]),
            ),
          };
        });
        expect(found.sort((a, b) => (a.key < b.key ? -1 : 1))).toEqual(naive(all, events, bought));
      }),
      { numRuns: 12 },
    );
  });
});

describe('variant_results on the lake', () => {
  const lake = lakeFixture('events', 'message_events', 'touches', 'variant_results');
  const sendRow = (one: Partial<Recipient> & Pick<Recipient, 'id' | 'user' | 'at'>) => {
    const whole: Recipient = {
      campaign: 'c1',
      send: 's1',
      part: 'first',
      variant: '0',
      channel: 'EMAIL',
      status: 'sent',
      ...one,
    };
    return { ...ledgerRow(whole), record_id: one.id, application_id: 'app', activity_id: 'a' };
  };
  const purchase = (event_id: string, user_id: string, at: number, revenue: number) =>
    eventLine({
      event_id,
      name: 'purchase',
      user_id,
      occurred_at: textOf(at),
      properties: JSON.stringify({ transaction_id: event_id, revenue, currency: 'KRW' }),
    });
  /** The Sunday before midnight: what follows lies in the next week. */
  const SUNDAY = START + 6 * 24 * HOUR + 23 * HOUR;

  it('is made from the ledger and the events', async () => {
    await lake.write('ledger_raw', [
      sendRow({ id: 'm1', user: 'u1', at: SUNDAY }),
      sendRow({ id: 'm2', user: 'u2', at: SUNDAY }),
      sendRow({ id: 'm3', user: 'u3', at: SUNDAY, status: 'held' }),
      {
        ...sendRow({ id: 'm1', user: 'u1', at: SUNDAY + 2 * HOUR }),
        record_id: 'o1',
        event_type: '_email.open',
      },
      // Another campaign's message ends the time of the first one.
      sendRow({ id: 'm4', user: 'u2', at: SUNDAY + 30 * HOUR, campaign: 'c2', send: 's2' }),
      sendRow({ id: 'old', user: 'u1', at: SUNDAY - 5 * WEEK, campaign: 'c3', send: 's3' }),
    ]);
    await lake.write('events_raw', [
      purchase('p1', 'u1', SUNDAY + 6 * 24 * HOUR, 30_000),
      purchase('p2', 'u2', SUNDAY + 40 * HOUR, 50_000),
      purchase('p3', 'u3', SUNDAY + 24 * HOUR, 20_000),
      purchase('p4', 'u1', SUNDAY + WEEK, 99_000),
      purchase('old', 'u1', SUNDAY - 5 * WEEK + HOUR, 99_000),
    ]);
    const columns =
      'variant, members, delivered, opened, converted, orders, revenue, revenue_squares, currency';
    const query = `SELECT ${columns} FROM variant_results WHERE campaign_id = 'c1' AND send_id = 's1' AND week = DATE '2026-11-16' ORDER BY variant`;
    expect(await lake.query(query)).toEqual([
      ['0', '2', '1', '1', '1', '1', '30000.0', '9.0E8', 'KRW'],
      ['holdout', '1', '0', '0', '1', '1', '20000.0', '4.0E8', 'KRW'],
    ]);
  });
});
