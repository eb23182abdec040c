import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { listQuarantine } from '../../../lambdas/events/quarantine/list-quarantine.ts';
import {
  idOf,
  keyOf,
  objectOf,
  objectOfKey,
  placeOf,
  timeOf,
} from '../../../lambdas/events/quarantine/place.ts';
import type { QuarantinedEvent } from '../../../lambdas/events/quarantine/quarantined-event.ts';
import { DAY_MS, lakeTimestamp } from '../../../lambdas/events/time.ts';
import { memoryQuarantine } from './support/memory.ts';

const NOW = Date.UTC(2026, 10, 21, 12);
const ctx = { actor: 'key', requestId: 'r', now: NOW, deadline: NOW + 1000 };

const unique = (text: string | number): string => String(text).padStart(24, '0');
function kept(ms: number, name: string, line: number, made: number): QuarantinedEvent {
  const object = objectOf(ms, unique(made));
  return {
    quarantine_id: idOf({ object, line }),
    event_id: `e${made}-${line}`,
    name,
    received_at: lakeTimestamp(ms),
    came_by: 'private',
    sender: null,
    request_id: null,
    country: null,
    bot: false,
    reasons: [{ field: 'properties.price', message: `price of ${name} must be a number` }],
    event: JSON.stringify({ name }),
  };
}

/** One object per entry, of so many events. */
async function filled(entries: readonly { ms: number; events: number; name?: string }[], pageSize = 3) {
  const store = memoryQuarantine(pageSize);
  for (const [made, { ms, events, name = 'purchase' }] of entries.entries())
    await store.keep(
      objectOf(ms, unique(made)),
      Array.from({ length: events }, (_, line) => kept(ms, name, line, made)),
    );
  return store;
}
type Store = Awaited<ReturnType<typeof filled>>;
const list = (store: Store, query: Record<string, string> = {}) =>
  listQuarantine({ store, quarantineDays: 14 }, ctx, query);

async function pages(
  store: Store,
  query: Record<string, string>,
  between: (page: number) => Promise<void> = async () => {},
) {
  const found: string[] = [];
  let nextToken: string | null = null;
  for (let page = 0; page === 0 || nextToken !== null; page++) {
    const answer = await list(store, { ...query, ...(nextToken === null ? {} : { nextToken }) });
    found.push(...answer.result.map(({ quarantine_id: id }) => id));
    nextToken = answer.nextToken;
    await between(page);
  }
  return found;
}

const instant = fc.integer({ min: NOW - 10 * DAY_MS, max: NOW });
const entry = fc.record({ ms: instant, events: fc.integer({ min: 1, max: 5 }) });

describe('a quarantine_id', () => {
  it('names one line of one object, and any other text names none', () => {
    fc.assert(
      fc.property(instant, fc.nat({ max: 99_999 }), (ms, line) => {
        const object = objectOf(ms, unique('a'));
        expect(placeOf(idOf({ object, line }))).toEqual({ object, line });
        expect(timeOf(object)).toBe(ms);
        expect(objectOfKey(keyOf(object))).toBe(object);
      }),
    );
    for (const text of [
      '',
      'x',
      '../../events',
      `${objectOf(NOW, unique('a'))}-`,
      `${objectOf(NOW, '../x')}-1`,
    ])
      expect(placeOf(text)).toBeUndefined();
  });
});

describe('the list of quarantined events', () => {
  it('is newest first and shows each once, whatever the size of a page', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(entry, { maxLength: 12 }),
        fc.integer({ min: 1, max: 7 }),
        async (entries, limit) => {
          const store = await filled(entries);
          const found = await pages(store, { limit: String(limit) });
          expect([...found].sort()).toEqual(
            store
              .all()
              .map(({ quarantine_id: id }) => id)
              .sort(),
          );
          const times = found.map((id) => timeOf(placeOf(id)?.object ?? ''));
          expect(times).toEqual([...times].sort((a, b) => b - a));
        },
      ),
      { numRuns: 60 },
    );
  });

  it('moves no page when events come and go between two pages', async () => {
    const entries = Array.from({ length: 8 }, (_, index) => ({ ms: NOW - index * 1000, events: 3 }));
    const store = await filled(entries);
    const before = store.all().map(({ quarantine_id: id }) => id);
    const found = await pages(store, { limit: '4' }, async (page) => {
      await store.keep(objectOf(NOW, unique(100 + page)), [kept(NOW, 'purchase', 0, 100 + page)]);
      const first = await store.read(objectOf(NOW, unique(0)));
      if (first && page === 0) await store.replace({ ...first, events: first.events.slice(2) }, 14);
    });
    expect([...found].sort()).toEqual([...before].sort());
  });

  it('is cut to a span, both ends inclusive, a day being meant whole', async () => {
    const at = (day: number, hour: number) => Date.UTC(2026, 10, day, hour);
    const store = await filled(
      [at(18, 23), at(19, 0), at(19, 23), at(20, 0), at(21, 11)].map((ms) => ({ ms, events: 1 })),
    );
    const hours = async (query: Record<string, string>) =>
      (await list(store, query)).result.map(({ received_at: time }) => time.slice(8, 13));
    expect(await hours({ from: '2026-11-19', to: '2026-11-19' })).toEqual(['19T23', '19T00']);
    expect(await hours({ from: '2026-11-20T00:00:00Z' })).toEqual(['21T11', '20T00']);
    expect(await hours({ to: '2026-11-19T09:00:00+09:00' })).toEqual(['19T00', '18T23']);
    expect(await hours({})).toHaveLength(5);
  });

  it('finds a name, and a reason by its field or message', async () => {
    const store = await filled([
      { ms: NOW - 2, events: 2, name: 'purchase' },
      { ms: NOW - 1, events: 1, name: 'refund' },
    ]);
    const count = async (query: Record<string, string>) => (await list(store, query)).result.length;
    expect(await count({ name: 'purchase' })).toBe(2);
    expect(await count({ reason: 'OF REFUND must' })).toBe(1);
    expect(await count({ reason: 'properties.price' })).toBe(3);
    expect(await count({ name: 'refund', reason: 'nothing such' })).toBe(0);
  });

  it('goes on after a page without a match: it looks into a bounded number of objects at a time', async () => {
    const store = await filled(
      Array.from({ length: 450 }, (_, index) => ({
        ms: NOW - index * 60_000,
        events: 1,
        name: index === 449 ? 'refund' : 'purchase',
      })),
      1000,
    );
    const first = await list(store, { name: 'refund' });
    expect(first).toMatchObject({ result: [], nextToken: expect.any(String) });
    expect(await pages(store, { name: 'refund' })).toHaveLength(1);
  });

  it('shows the beginning of a huge event, and says so', async () => {
    const store = memoryQuarantine();
    const [event] = [kept(NOW, 'purchase', 0, 1)];
    await store.keep(objectOf(NOW, unique(1)), [{ ...event, event: 'x'.repeat(3_000_000) }]);
    const [shown] = (await list(store)).result;
    expect(shown?.truncated).toBe(true);
    expect(shown?.event.length).toBeLessThan(100_000);
  });

  it('answers no more than a function may, whatever the events and their reasons say', async () => {
    const store = memoryQuarantine();
    const reasons = Array.from({ length: 20 }, () => ({
      field: '한'.repeat(1000),
      message: '"'.repeat(1000),
    }));
    for (let made = 0; made < 60; made++)
      await store.keep(objectOf(NOW - made, unique(made)), [
        { ...kept(NOW - made, 'purchase', 0, made), reasons, event: '한"'.repeat(20_000) },
      ]);
    const answer = await list(store, { limit: '500' });
    expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThan(4_000_000);
    expect(await pages(store, { limit: '500' })).toHaveLength(60);
  });

  it('refuses a token that was changed, made up, or is another question’s', async () => {
    const store = await filled([{ ms: NOW, events: 5 }]);
    const { nextToken } = await list(store, { limit: '2', name: 'purchase' });
    const token = String(nextToken);
    const flipped = `${token.slice(0, -3)}${token.at(-3) === 'A' ? 'B' : 'A'}${token.slice(-2)}`;
    for (const query of [
      { nextToken: flipped, name: 'purchase' },
      { nextToken: token.slice(0, -4), name: 'purchase' },
      { nextToken: `${token}AAAA`, name: 'purchase' },
      { nextToken: 'x', name: 'purchase' },
      { nextToken: '', name: 'purchase' },
      { nextToken: token, name: 'refund' },
      { nextToken: token },
    ])
      await expect(list(store, query as Record<string, string>)).rejects.toMatchObject({
        code: 'validation',
        field: 'nextToken',
      });
    await expect(list(store, { nextToken: token, name: 'purchase', limit: '5' })).resolves.toMatchObject({
      nextToken: null,
    });
  });

  it('tells every wrong parameter at once', async () => {
    const store = await filled([]);
    const asked = list(store, { from: 'yesterday', to: '2026-02-30', limit: '501', colour: 'red' });
    await expect(asked).rejects.toMatchObject({
      code: 'validation',
      problems: ['colour', 'from', 'to', 'limit'].map((field) => expect.objectContaining({ field })),
    });
    const backwards = list(store, { from: '2026-11-20', to: '2026-11-19' });
    await expect(backwards).rejects.toMatchObject({ code: 'validation', field: 'from' });
  });
});
