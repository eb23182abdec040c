import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { MOST_BYTES } from '../../../lambdas/events/compaction/erased.ts';
import { NOTICE_MS } from '../../../lambdas/events/compaction/partition.ts';
import { eventLine } from '../../local/aws/support/lake.ts';
import { lakeFixture } from '../../local/aws/support/lake-fixture.ts';
import { WHOLE } from '../../support/matrix.ts';
import { compactionFixture, DAY_MS, HOUR_MS, NOW } from './support.ts';

const lake = lakeFixture('events', 'turns_by_version', 'pieces_by_version');
const nights = compactionFixture(lake);
const { compact, dying, empty, files, night, orphansEnd } = nights;

const ids = async (where = ''): Promise<string[]> =>
  (await lake.query(`SELECT event_id, day FROM events ${where} ORDER BY event_id, day`)).map((row) =>
    row.join(' '),
  );
const on = (day: string, event_id: string, more = {}) =>
  eventLine({ event_id, occurred_at: `${day} 10:00:00.000`, ...more });
const order = (day: string, event_id: string, transaction_id: string, more = {}) =>
  on(day, event_id, {
    name: 'purchase',
    properties: JSON.stringify({ transaction_id, revenue: 12.5, currency: 'KRW' }),
    ...more,
  });

/** Events by their ids, purchases by their orders. */
const counted = async (): Promise<(string | undefined)[]> =>
  (await lake.query('SELECT event_id, transaction_id FROM events')).map(([id, order]) => order ?? id).sort();

describe('compaction', () => {
  it('merges a closed day into few files, each event once, and removes the raw ones a night later', async () => {
    const first = on('2026-03-02', 'a', { page_title: 'first' });
    await lake.write('events_raw', [first, on('2026-03-02', 'b')]);
    await lake.write('events_raw', [
      { ...first, received_at: '2026-03-02 11:00:00.000', page_title: 'again' },
    ]);
    await lake.write('events_raw', [on('2026-03-19', 'open')]);
    expect(await night()).toEqual([{ table: 'events', filed: 'occurred', day: '2026-03-02' }]);
    expect(await ids()).toEqual(['a 2026-03-02', 'b 2026-03-02', 'open 2026-03-19']);
    expect(await files('events/filed=occurred/day=2026-03-02/')).toHaveLength(2);
    await night();
    expect(await files('events/filed=occurred/day=2026-03-02/')).toEqual([]);
    expect(await files('events/filed=occurred/day=2026-03-19/')).toHaveLength(1);
    expect(await lake.query("SELECT page_title FROM events WHERE event_id = 'a'")).toEqual([['first']]);
    expect(await night()).toEqual([]);
  });

  it('never names a writing whose files others take away by then', async () => {
    await lake.write('events_raw', [on('2026-03-02', 'a')]);
    const { files: lakeFiles } = nights.deps;
    const slow = {
      ...lakeFiles,
      write: async (key: string, text: string) => {
        await lakeFiles.write(key, text);
        lake.clock.advance(2 * HOUR_MS);
      },
    };
    const partition = { table: 'events', filed: 'occurred', day: '2026-03-02' } as const;
    await expect(compact(partition, { files: slow })).rejects.toThrow(/so long/);
    expect(await ids()).toEqual(['a 2026-03-02']);
    for (let again = 0; again < 3; again++) await night();
    expect(await ids()).toEqual(['a 2026-03-02']);
    expect(new Set((await files('events_compacted/')).map((key) => key.split('/')[3])).size).toBe(1);
  });

  it('shows a query that runs through its moment the same day all along', async () => {
    await lake.write('events_raw', [on('2026-03-02', 'a')]);
    const [partition] = [{ table: 'events', filed: 'occurred', day: '2026-03-02' } as const];
    await compact(partition);
    for (const ms of [0, NOTICE_MS - 2000, 4000, DAY_MS]) {
      lake.clock.advance(ms);
      expect(await ids()).toEqual(['a 2026-03-02']);
    }
  });

  it('takes in what comes into a day after it was compacted, and keeps the copy it had', async () => {
    await lake.write('events_raw', [on('2026-03-02', 'a', { page_title: 'first' })]);
    await night();
    await lake.write('events_raw', [
      on('2026-03-02', 'a', { page_title: 'again' }),
      on('2026-03-02', 'straggler'),
    ]);
    await night();
    expect(await lake.query('SELECT event_id, page_title FROM events ORDER BY 1')).toEqual([
      ['a', 'first'],
      ['straggler', undefined],
    ]);
    await night();
    await night();
    expect(await files('events/')).toEqual([]);
    const versions = new Set((await files('events_compacted/')).map((key) => key.split('/')[3]));
    expect(versions.size).toBe(1);
  });

  it('counts an old event of a compacted day once, also when it was in time at first', async () => {
    await lake.write('events_raw', [on('2026-03-02', 'a')]);
    await night();
    const old = { filed: 'received', day: '2026-03-15', late: true };
    await lake.write('events_raw', [on('2026-03-02', 'a', old), on('2026-03-02', 'b', old)]);
    expect(await ids()).toEqual(['a 2026-03-02', 'b 2026-03-02']);
    await night();
    expect(await ids("WHERE day = DATE '2026-03-02'")).toEqual(['a 2026-03-02', 'b 2026-03-02']);
    await night();
    expect(await ids()).toEqual(['a 2026-03-02', 'b 2026-03-02']);
    expect(await files('events/')).toEqual([]);
  });

  it('reads of a closed day its own files and no others', async () => {
    for (let day = 1; day <= 5; day++)
      await lake.write('events_raw', [
        on(`2026-03-0${day}`, `e${day}`),
        order(`2026-03-0${day}`, `o${day}`, `t${day}`),
      ]);
    await night();
    await night();
    const scans = await lake.scans("SELECT page_title FROM events WHERE day = DATE '2026-03-03'");
    const read = scans.filter(
      ({ files: some, rowFilters }) => some !== 0 && !rowFilters.includes("'purchase'"),
    );
    expect([...new Set(read.map(({ files: some }) => some))]).toEqual([1]);
  });

  it('drops what is older than the retention', async () => {
    await lake.write('events_raw', [on('2026-03-02', 'old'), on('2026-03-09', 'young')]);
    await night();
    await night();
    expect(await ids()).toHaveLength(2);
    const age = Math.floor((lake.clock.now() - Date.parse('2026-03-09')) / DAY_MS);
    await night({}, age);
    expect(await ids()).toEqual(['young 2026-03-09']);
    expect(await files('events_compacted/filed=occurred/day=2026-03-02/')).toEqual([]);
    await night({}, age - 1);
    expect(await ids()).toEqual([]);
  });

  it('counts an order once whose two days are compacted at the same time', async () => {
    const days = ['2026-03-02', '2026-03-03'] as const;
    await lake.write('events_raw', [order(days[0], 'browser', 't1'), order(days[1], 'server', 't1')]);
    const files = nights.weighedTogether(days.length);
    await Promise.all(days.map((day) => compact({ table: 'events', filed: 'occurred', day }, { files })));
    expect(await counted()).toEqual(['t1']);
    lake.clock.advance(HOUR_MS);
    expect(await counted()).toEqual(['t1']);
  });

  it('counts an order once that one id was told of with times of two days, and as it was counted before', async () => {
    const told = (day: string, event_id: string, transaction_id: string, minute: string, more = {}) =>
      order(day, event_id, transaction_id, { received_at: `${day} 10:${minute}:00.000`, ...more });
    await lake.write('events_raw', [
      told('2026-03-02', 'a', 't1', '00', { user_id: undefined }),
      told('2026-03-03', 'a', 't1', '05'),
      told('2026-03-03', 'a', 't2', '10'),
      told('2026-03-03', 'b', 't2', '15'),
      told('2026-03-19', 'a', 't1', '00'),
    ]);
    const shown = 'SELECT event_id, transaction_id, day FROM events ORDER BY 2';
    const open = await lake.query(shown);
    expect(open.map(([id, transaction]) => [id, transaction])).toEqual([
      ['a', 't1'],
      ['b', 't2'],
    ]);
    await night();
    expect(await lake.query(shown)).toEqual(open);
  });

  it('keeps the report of an order that names the user, though its day is compacted later in the same night', async () => {
    await lake.write('events_raw', [
      order('2026-03-02', 'of the browser', 't1', { anonymous_id: 'b' }),
      order('2026-03-03', 'of the server', 't1', { user_id: 'u' }),
    ]);
    const kept = 'SELECT event_id, user_id FROM events';
    expect(await lake.query(kept)).toEqual([['of the server', 'u']]);
    await night();
    expect(await lake.query(kept)).toEqual([['of the server', 'u']]);
  });

  it('leaves what is erased without a person, and keeps totals', async () => {
    await lake.write('events_raw', [
      order('2026-03-02', 'mine', 't1', { user_id: "o'hara", page_url: 'https://shop.example/me' }),
      on('2026-03-02', 'before', { anonymous_id: 'browser', session_hint: 's' }),
      order('2026-03-02', 'yours', 't2', { user_id: 'somebody', page_url: 'https://shop.example/you' }),
    ]);
    await night();
    const person = {
      id: 'e1',
      userId: "o'hara",
      turns: [{ anonymousId: 'browser' }],
      untilMs: NOW - 12 * DAY_MS,
    };
    await compact(
      { table: 'events', filed: 'occurred', day: '2026-03-02', anew: true },
      { erasures: { erased: async () => [person] } },
    );
    lake.clock.advance(HOUR_MS);
    const shown = `SELECT event_id, user_id, anonymous_id, session_hint, page_url, transaction_id,
      json_extract_scalar(properties, '$.revenue'), json_extract_scalar(properties, '$.transaction_id') FROM events ORDER BY 1`;
    expect(await lake.query(shown)).toEqual([
      ['before', undefined, undefined, undefined, undefined, undefined, undefined, undefined],
      ['mine', undefined, undefined, undefined, undefined, 'mine', '12.5', undefined],
      ['yours', 'somebody', undefined, undefined, 'https://shop.example/you', 't2', '12.5', 't2'],
    ]);
  });

  it('masks what a browser without a clock did', async () => {
    const at = { occurred_at: '1970-01-01 00:00:00.000', received_at: '2026-03-02 10:00:00.000' };
    const partition = { filed: 'received', day: '2026-03-02' } as const;
    await lake.write('events_raw', [
      eventLine({ event_id: 'before', anonymous_id: 'browser', ...at, ...partition }),
    ]);
    await night();
    const person = {
      id: 'e1',
      userId: 'hana',
      turns: [{ anonymousId: 'browser' }],
      untilMs: NOW - 12 * DAY_MS,
    };
    await compact(
      { table: 'events', ...partition, anew: true },
      { erasures: { erased: async () => [person] } },
    );
    lake.clock.advance(HOUR_MS);
    expect(await lake.query('SELECT event_id, anonymous_id FROM events')).toEqual([['before', undefined]]);
  });

  it('masks those it is asked for, however many others of whom something is left elsewhere come before them', async () => {
    await lake.write('events_raw', [on('2026-03-02', 'mine', { user_id: 'the last one' })]);
    await night();
    const person = (userId: string) => ({
      ...{ id: `e ${userId}`, userId, turns: [], left: 1 },
      untilMs: NOW - 12 * DAY_MS,
    });
    const others = Array.from({ length: 1500 }, (_, index) => person(`${index} of many`));
    await compact(
      { table: 'events', filed: 'occurred', day: '2026-03-02', anew: true, of: ['e the last one'] },
      { erasures: { erased: async () => [...others, person('the last one')] } },
    );
    lake.clock.advance(HOUR_MS);
    expect(await lake.query('SELECT event_id, user_id FROM events')).toEqual([['mine', undefined]]);
  });

  it('masks the others where somebody has more browsers than a statement takes', async () => {
    await lake.write('events_raw', [on('2026-03-02', 'mine', { user_id: 'hana' })]);
    await night();
    const person = (userId: string, browsers: number) => ({
      ...{ id: `e ${userId}`, userId, left: 1, untilMs: NOW - 12 * DAY_MS },
      turns: Array.from({ length: browsers }, (_, index) => ({ anonymousId: `browser ${index}` })),
    });
    const { queries } = nights.deps;
    await compact(
      { table: 'events', filed: 'occurred', day: '2026-03-02', anew: true },
      {
        erasures: { erased: async () => [person('everybody', 3000), person('hana', 1)] },
        queries: {
          ...queries,
          start: async (sql, token) => {
            // As Athena does.
            if (Buffer.byteLength(sql) > MOST_BYTES) throw new Error('InvalidRequestException');
            return queries.start(sql, token);
          },
        },
      },
    );
    lake.clock.advance(HOUR_MS);
    expect(await lake.query('SELECT event_id, user_id FROM events')).toEqual([['mine', undefined]]);
  });

  it('leads to each event and each order once, whatever is sent when, and wherever workers die', async () => {
    const day = (back: number) => new Date(NOW - back * DAY_MS).toISOString().slice(0, 10);
    const sent = fc.record({
      id: fc.integer({ min: 0, max: 11 }),
      filed: fc.constantFrom('occurred', 'occurred', 'received'),
      named: fc.boolean(),
    });
    const step = fc.record({
      lines: fc.array(sent, { minLength: 1, maxLength: 8 }),
      /** The call of a port in which the night's worker dies. */
      diesAt: fc.option(fc.integer({ min: 0, max: 12 }), { nil: undefined }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: WHOLE ? 5 : 3 }), async (steps) => {
        await orphansEnd();
        empty();
        const told = new Map<string, string>();
        for (const { lines, diesAt } of steps) {
          await lake.write(
            'events_raw',
            lines.map(({ id, filed, named }, index) => {
              // Ids 0–5 are events, 6–11 the reports of three orders, two each, up to three days apart.
              const occurred = day(11 - (id % 6));
              const received = `${new Date(lake.clock.now()).toISOString().slice(0, 10)} 1${index}:00:00.000`;
              const arrival = filed === 'received' ? { filed, day: received.slice(0, 10) } : {};
              const more = { ...arrival, received_at: received, ...(named ? { user_id: 'u' } : {}) };
              told.set(id < 6 ? `e${id}` : `t${id % 3}`, occurred);
              return id < 6 ? on(occurred, `e${id}`, more) : order(occurred, `o${id}`, `t${id % 3}`, more);
            }),
          );
          if (diesAt !== undefined) {
            await night(dying(diesAt)).catch(() => undefined);
            expect(await counted()).toEqual([...new Set(await counted())]);
          }
          // What came into a day that was compacted before is seen after the next night.
          await night();
          expect(await counted()).toEqual([...told.keys()].sort());
        }
      }),
      { numRuns: WHOLE ? 5 : 1 },
    );
    // A machine that does ten things at once takes a quarter of an hour.
  }, 2_400_000);
});
