import fc from 'fast-check';
import { beforeEach, describe, expect, it } from 'vitest';
import { eventLine } from '../../local/aws/support/lake.ts';
import { lakeFixture } from '../../local/aws/support/lake-fixture.ts';

const lake = lakeFixture('events');
beforeEach(() => lake.clear('events_raw'));

const at = (day: string, time = '10:00:00.000') => `${day} ${time}`;
/** A line filed by the day of its arrival. */
const old = (event_id: string, occurred: string, received: string, more = {}) =>
  eventLine({
    event_id,
    occurred_at: at(occurred),
    received_at: at(received),
    filed: 'received',
    day: received,
    late: true,
    ...more,
  });
const near = (event_id: string, occurred: string, more = {}) =>
  eventLine({ event_id, occurred_at: at(occurred), ...more });
const purchase = (event_id: string, occurred_at: string, transaction_id: string | null, more = {}) =>
  eventLine({
    event_id,
    occurred_at,
    name: 'purchase',
    properties: JSON.stringify({ transaction_id, revenue: 1 }),
    ...more,
  });

const ids = async (where = '') =>
  (await lake.query(`SELECT event_id, day FROM events ${where} ORDER BY event_id, day`)).map((row) =>
    row.join(' '),
  );

describe('view events', () => {
  it('counts an event once that came twice, and keeps the copy received first', async () => {
    const first = near('a', '2026-03-02', { page_title: 'first' });
    await lake.write('events_raw', [{ ...first, received_at: at('2026-03-03'), page_title: 'again' }]);
    await lake.write('events_raw', [first, near('b', '2026-03-02')]);
    expect(await lake.query('SELECT event_id, page_title FROM events ORDER BY 1')).toEqual([
      ['a', 'first'],
      ['b', undefined],
    ]);
  });

  it('keeps the report of an order that names the user, even when a nameless one came first', async () => {
    await lake.write('events_raw', [
      purchase('browser', at('2026-03-02'), 't-9', {
        user_id: undefined,
        anonymous_id: 'x',
        received_at: at('2026-03-02'),
      }),
      purchase('server', at('2026-03-02'), 't-9', { user_id: 'u9', received_at: at('2026-03-03') }),
    ]);
    expect(await lake.query('SELECT event_id, user_id FROM events')).toEqual([['server', 'u9']]);
  });

  it('counts an old event once however many days it came on, under the day it occurred', async () => {
    await lake.write('events_raw', [
      old('old', '2026-01-05', '2026-03-02'),
      old('old', '2026-01-05', '2026-03-09'),
      // In time at first, and sent again when it was old.
      near('retried', '2026-03-01'),
      old('retried', '2026-03-01', '2026-03-20'),
    ]);
    expect(await ids()).toEqual(['old 2026-01-05', 'retried 2026-03-01']);
    expect(await ids("WHERE day = DATE '2026-01-05'")).toEqual(['old 2026-01-05']);
    expect(await ids("WHERE day >= DATE '2026-03-01'")).toEqual(['retried 2026-03-01']);
  });

  it('counts one order once that browser and server both report, also across midnight, whichever days are asked for', async () => {
    const browser = purchase('browser', '2026-03-02 23:59:59.900', 't1', {
      received_at: '2026-03-03 00:00:01.000',
    });
    const server = purchase('server', '2026-03-03 00:00:00.300', 't1', {
      source: 'server',
      received_at: '2026-03-03 00:00:00.500',
    });
    await lake.write('events_raw', [
      browser,
      server,
      purchase('none', '2026-03-02 10:00:00.000', null),
      near('view', '2026-03-02'),
    ]);
    expect(await ids()).toEqual(['none 2026-03-02', 'server 2026-03-03', 'view 2026-03-02']);
    expect(await ids("WHERE day = DATE '2026-03-02'")).toEqual(['none 2026-03-02', 'view 2026-03-02']);
    expect(await ids("WHERE day = DATE '2026-03-03'")).toEqual(['server 2026-03-03']);
  });

  it('takes one of two reports that came in the same millisecond', async () => {
    const time = '2026-03-02 10:00:00.000';
    await lake.write('events_raw', [
      purchase('b', time, 't1'),
      purchase('a', time, 't1'),
      purchase('c', time, 't2'),
    ]);
    expect(await ids()).toEqual(['a 2026-03-02', 'c 2026-03-02']);
  });

  it('counts an order once that one id was told of with times of two days', async () => {
    await lake.write('events_raw', [
      purchase('a', '2026-03-02 23:59:59.900', 't1', { received_at: '2026-03-03 00:00:01.000' }),
      purchase('a', '2026-03-03 00:00:05.000', 't1', { received_at: '2026-03-03 00:00:06.000' }),
      old('a', '2026-03-01', '2026-03-20', {
        name: 'purchase',
        properties: JSON.stringify({ transaction_id: 't1', revenue: 1 }),
      }),
    ]);
    expect(await ids()).toEqual(['a 2026-03-02']);
  });

  it('takes a report for what is kept of its id, so that no other copy of it takes an order away', async () => {
    const of = (id: string, order: string, minute: string, more = {}) =>
      purchase(id, `2026-03-02 10:${minute}:00.000`, order, {
        received_at: `2026-03-02 10:${minute}:01.000`,
        ...more,
      });
    await lake.write('events_raw', [
      of('a', 't1', '00', { user_id: undefined }),
      of('a', 't2', '05'),
      of('b', 't2', '10'),
      // The name is in a copy that does not count.
      of('a', 't1', '15', { user_id: 'u1' }),
      of('c', 't1', '20', { user_id: 'u1' }),
    ]);
    expect(await lake.query('SELECT event_id, transaction_id FROM events ORDER BY 2')).toEqual([
      ['c', 't1'],
      ['b', 't2'],
    ]);
  });

  it('reads only the files of the days a predicate names, beside the purchases near them', async () => {
    for (let day = 1; day <= 9; day++) await lake.write('events_raw', [near(`e${day}`, `2026-03-0${day}`)]);
    const read = async (predicate: string) =>
      (await lake.scans(`SELECT page_title FROM events WHERE ${predicate}`))
        .filter(({ rowFilters }) => !rowFilters.includes("'purchase'"))
        .map(({ fileFilters, files }) => [
          fileFilters.includes("'received'") ? 'received' : 'occurred',
          files,
        ])
        .sort();
    expect(await read("day = DATE '2026-03-05'")).toEqual([['occurred', 1]]);
    expect(await read("day >= DATE '2026-03-08'")).toEqual([['occurred', 2]]);
  });

  it('agrees with a plain count over any history of copies', async () => {
    const days = ['2026-03-01', '2026-03-02', '2026-03-03'];
    const copy = fc.record({
      id: fc.integer({ min: 0, max: 8 }),
      filed: fc.constantFrom('occurred', 'received'),
      lag: fc.integer({ min: 0, max: 3 }),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(copy, { minLength: 1, maxLength: 30 }), async (copies) => {
        lake.clear('events_raw');
        await lake.write(
          'events_raw',
          copies.map(({ id, filed, lag }) => {
            const occurred = days[id % days.length] ?? '';
            const received = `2026-03-1${lag}`;
            return filed === 'occurred'
              ? near(`e${id}`, occurred, { received_at: at(received) })
              : old(`e${id}`, occurred, received);
          }),
        );
        const expected = [...new Set(copies.map(({ id }) => `e${id} ${days[id % days.length]}`))].sort();
        expect(await ids()).toEqual(expected);
      }),
      { numRuns: 5 },
    );
  });
});
