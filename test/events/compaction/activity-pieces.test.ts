import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventLine } from '../../local/aws/support/lake.ts';
import { lakeFixture } from '../../local/aws/support/lake-fixture.ts';
import { WHOLE } from '../../support/matrix.ts';
import { compactionFixture, DAY_MS, NOW } from './support.ts';

const lake = lakeFixture('session_facts', 'turns_by_version', 'pieces_by_version');
const { empty, files, night } = compactionFixture(lake);

const FIRST = Date.parse('2026-03-01T00:00:00Z');
const MINUTE_MS = 60_000;
const stamp = (ms: number): string => new Date(ms).toISOString().replace('T', ' ').slice(0, 23);
/** Long after it happened, in the days before the first night. */
const ARRIVED = NOW - DAY_MS;

interface Told {
  readonly line: Record<string, unknown>;
  readonly late: boolean;
}

/** Around midnights of UTC and of Seoul (15:00) and quarters of a day, with pauses about half an hour long. */
const runs = fc.record({
  at: fc.constantFrom(0, 6, 12, 15, 18, 21, 24, 39).map((hours) => hours * 60 - 40),
  visitor: fc.constantFrom({ anonymous_id: 'b1' }, { anonymous_id: 'b2' }, { user_id: 'u1' }),
  steps: fc.array(
    fc.record({
      pause: fc.constantFrom(0, 1, 14, 29, 30, 31),
      name: fc.constantFrom('page_view', 'view_item', 'add_to_cart', 'purchase'),
      page: fc.constantFrom('/', '/shoes', '/shoes/quick'),
      user: fc.constantFrom(undefined, undefined, 'u1', 'u2'),
      late: fc.constantFrom(false, false, false, false, true),
    }),
    { minLength: 1, maxLength: 6 },
  ),
});

const worlds = fc.array(runs, { minLength: 1, maxLength: 5 }).map((all): Told[] =>
  all.flatMap(({ at, visitor, steps }, run) => {
    let minutes = at + 60;
    return steps.map(({ pause, name, page, user, late }, step) => {
      minutes += pause;
      const ms = FIRST + minutes * MINUTE_MS + run;
      const order = name === 'purchase' ? { transaction_id: `t${run}-${step}` } : {};
      return {
        late,
        line: eventLine({
          event_id: `e${run}-${step}`,
          name,
          occurred_at: stamp(ms),
          received_at: stamp(late ? ARRIVED : ms),
          page_url: `https://shop.example.com${page}`,
          ...(user === undefined ? {} : { user_id: user }),
          ...visitor,
          ...order,
          properties: JSON.stringify(name === 'purchase' ? { ...order, revenue: 12.5, currency: 'KRW' } : {}),
          ...(late ? { filed: 'received', day: stamp(ARRIVED).slice(0, 10), late: true } : {}),
        }),
      };
    });
  }),
);

const sessions = (): Promise<(string | undefined)[][]> =>
  lake.query('SELECT * FROM session_facts ORDER BY visitor, started_at');

/** All of it takes minutes. */
const LONG_MS = WHOLE ? 20 * 60_000 : 120_000;

describe('what is kept of a day for sessions', () => {
  it(
    'gives the sessions that its events give, whatever comes late and however days are compacted',
    async () => {
      await fc.assert(
        fc.asyncProperty(worlds, async (world) => {
          empty();
          const [late, inTime] = [world.filter((one) => one.late), world.filter((one) => !one.late)];
          const write = (events: readonly Told[]) =>
            lake.write(
              'events_raw',
              events.map(({ line }) => line),
            );
          if (late.length > 0) await write(late);
          if (inTime.length > 0) await write(inTime);
          const expected = await sessions();
          expect(expected.length).toBeGreaterThan(0);
          lake.clear('events_raw');
          if (inTime.length > 0) await write(inTime);
          await night();
          if (late.length > 0) await write(late);
          expect(await sessions()).toEqual(expected);
          for (let nights = 0; nights < 3; nights++) await night();
          expect(await files('events/filed=occurred/')).toEqual([]);
          expect(await sessions()).toEqual(expected);
        }),
        { numRuns: WHOLE ? 60 : 3 },
      );
    },
    LONG_MS,
  );

  it('knows no revenue of a browser that says more than a column holds, and everybody else’s', async () => {
    empty();
    const orders = (visitor: string, count: number, revenue: number, everyMinutes: number) =>
      Array.from({ length: count }, (_, index) => {
        const ms = FIRST + (60 + index * everyMinutes) * MINUTE_MS;
        const order = { transaction_id: `${visitor}${index}` };
        return eventLine({
          event_id: `${visitor}${index}`,
          name: 'purchase',
          occurred_at: stamp(ms),
          received_at: stamp(ms),
          anonymous_id: visitor,
          ...order,
          properties: JSON.stringify({ ...order, revenue, currency: 'KRW' }),
        });
      });
    const most = 90_000_000_000_000;
    await lake.write('events_raw', [
      ...orders('buyer', 3, 12.5, 20),
      ...orders('crowd', 120, most, 0),
      ...orders('lasting', 60, most, 20),
      ...orders('lasting', 60, most, 20).map((line) => ({
        ...line,
        event_id: `${line['event_id']}+`,
        transaction_id: `${line['transaction_id']}+`,
      })),
    ]);
    const asked = () => lake.query('SELECT visitor, orders, revenue, currency FROM session_facts ORDER BY 1');
    const told = [
      ['a#buyer', '3', '37.50', 'KRW'],
      ['a#crowd', '120', undefined, 'KRW'],
      ['a#lasting', '120', undefined, 'KRW'],
    ];
    expect(await asked()).toEqual(told);
    await night();
    expect(await asked()).toEqual(told);
  });
});
