import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TYPED } from '../../../lambdas/events/compaction/typed-columns.ts';
import { tenThousandths } from '../../../lambdas/shared/money.ts';
import { lakeTables } from '../../../lib/shared/glue-columns.ts';
import { viewFiles } from '../../../lib/shared/view-files.ts';
import { duckType } from '../../../local/aws/athena/glue-types.ts';
import { eventLine } from '../../local/aws/support/lake.ts';
import { lakeFixture } from '../../local/aws/support/lake-fixture.ts';
import { WHOLE } from '../../support/matrix.ts';
import { compactionFixture, DAY_MS } from './support.ts';

const lake = lakeFixture('events', 'turns_by_version', 'pieces_by_version');
const nights = compactionFixture(lake);
const { compact, night, empty } = nights;

const TEXTS = ['item_id', 'item_name', 'category', 'currency', 'coupon'];
const AMOUNTS = ['price', 'quantity', 'revenue', 'tax', 'shipping', 'cost', 'cart_value'];
const ITEM = ['item_id', 'item_name', 'category', 'price', 'quantity', 'coupon'];

const amount = fc.oneof(
  fc.integer({ min: -1000, max: 100_000_000_000 }),
  fc.integer({ min: 0, max: 10_000_000 }).map((cents) => cents / 100),
  fc.integer({ min: 0, max: 10_000_000 }).map((parts) => parts / 10_000),
  fc.constantFrom(12.34565, 89499.86045, 0.00005, 1e-7),
);
const value = fc.oneof(
  { arbitrary: amount, weight: 3 },
  { arbitrary: fc.constantFrom('KRW', 'shoes/"red"', '', '상품', '5.50'), weight: 3 },
  fc.constantFrom(true, false, null, [], ['a'], { a: 1 }),
);
const values = (names: readonly string[]) =>
  fc.record(Object.fromEntries(names.map((name) => [name, value])), { requiredKeys: [] });
const properties = fc
  .tuple(
    values([...TEXTS, ...AMOUNTS, 'coupon_used']),
    fc.option(fc.oneof(fc.array(fc.oneof(values(ITEM), fc.constant(5)), { maxLength: 3 }), value), {
      nil: undefined,
    }),
  )
  .map(([own, items]): Record<string, unknown> => (items === undefined ? own : { ...own, items }));

const text = (from: unknown) => (typeof from === 'string' ? from : undefined);
/** A text that spells a number counts as one, as in segments. */
const money = (from: unknown): string | undefined =>
  from === '5.50'
    ? money(5.5)
    : typeof from === 'number'
      ? ((Math.sign(from) * tenThousandths(Math.abs(from))) / 10_000).toFixed(4)
      : undefined;
const kindOf = (name: string) => (AMOUNTS.includes(name) ? money : text);
const fieldOf = (item: unknown, name: string): unknown =>
  typeof item === 'object' && item !== null && name in item ? item[name as keyof typeof item] : undefined;

/** What the columns say of properties, read without SQL; of items one list a field. */
function read(from: Record<string, unknown>): unknown[] {
  const { coupon_used: used, items } = from;
  const list = (name: string) =>
    Array.isArray(items)
      ? `[${items.map((item: unknown) => kindOf(name)(fieldOf(item, name)) ?? 'null').join(', ')}]`
      : undefined;
  return [
    ...[...TEXTS, ...AMOUNTS].map((name) => kindOf(name)(from[name])),
    typeof used === 'boolean' ? String(used) : undefined,
    ...ITEM.map(list),
  ];
}

const LISTS = ITEM.map((name) => `transform(items, item -> item.${name})`);
const asked = (): Promise<unknown[][]> =>
  lake.query(
    `SELECT ${[...TEXTS, ...AMOUNTS, 'coupon_used', ...LISTS].join(', ')} FROM events ORDER BY event_id`,
  );

const DAY = '2026-03-02';
const lines = (all: readonly Record<string, unknown>[], more = {}) =>
  all.map((one, index) =>
    eventLine({
      event_id: String(index).padStart(3, '0'),
      occurred_at: `${DAY} 10:00:00.000`,
      properties: JSON.stringify(one),
      ...more,
    }),
  );

describe('typed columns', () => {
  it('say what the properties do, of open days and of closed ones', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(properties, { minLength: 20, maxLength: 60 }), async (all) => {
        empty();
        await lake.write('events_raw', lines(all));
        const told = all.map(read);
        expect(await asked()).toEqual(told);
        await night();
        expect(await asked()).toEqual(told);
        expect(await lake.query('SELECT count(*) FROM events_open')).toEqual([['0']]);
      }),
      { numRuns: WHOLE ? 10 : 4 },
    );
  });

  it('keep of who is erased what is kept of the properties', async () => {
    const order = { revenue: 12.5, currency: 'KRW', tax: 1, coupon: 'hana-10', items: [{ item_id: 'sku' }] };
    const view = { item_id: 'sku', price: 3, currency: 'KRW' };
    // A refund need not say in which currency; what an operator's own event calls a revenue may be anything.
    const others = [
      { revenue: 5 },
      { revenue: 'of hana', currency: 'KRW' },
      { revenue: 7, currency: '","id":"hana' },
    ];
    await lake.write('events_raw', lines([order, view, ...others], { user_id: 'hana' }));
    const erased = { id: 'e1', userId: 'hana', turns: [], untilMs: lake.clock.now() };
    await night();
    lake.clock.advance(30 * DAY_MS);
    const partition = { table: 'events', filed: 'occurred', day: DAY } as const;
    await compact({ ...partition, anew: true }, { erasures: { erased: async () => [erased] } });
    lake.clock.advance(DAY_MS);
    expect(await lake.query('SELECT count(user_id) FROM events')).toEqual([['0']]);
    const left = [{ revenue: 12.5, currency: 'KRW' }, {}, { revenue: 5 }, {}, { revenue: 7 }];
    expect(await asked()).toEqual(left.map(read));
    const texts = await lake.query('SELECT properties FROM events ORDER BY event_id');
    expect(texts.map(([one = '']): unknown => JSON.parse(one))).toEqual(left);
  });

  it('have the types of the table, of both views and of what is read of open days', () => {
    const table = lakeTables().find(({ name }) => name === 'events_compacted');
    const typed = table?.columns.filter(({ name }) => Object.hasOwn(TYPED, name));
    expect(typed?.map(({ name }) => name)).toEqual(Object.keys(TYPED));
    for (const name of ['events', 'events_open']) {
      const view = viewFiles().find((one) => one.name === name);
      const columns = view?.columns.filter((column) => Object.hasOwn(TYPED, column.name));
      expect(columns?.map((one) => [one.name, duckType(one.type)])).toEqual(
        typed?.map((one) => [one.name, duckType(one.type)]),
      );
    }
    const plain = (sql = '') => sql.replace(/--.*/g, '').replace(/\s+/g, '');
    const open = plain(viewFiles().find(({ name }) => name === 'events_open')?.sql);
    for (const [name, expression] of Object.entries(TYPED))
      expect(open).toContain(plain(`${expression} AS ${name},`));
  });
});
