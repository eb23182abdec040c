import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { EventRow } from '../../lambdas/events/index.ts';
import { foldEvents } from '../../lambdas/members/state/fold-events.ts';
import type { MemberState } from '../../lambdas/members/state/member-state.ts';
import { stateView } from '../../lambdas/members/state/state-view.ts';

const START = Date.UTC(2026, 10, 1);
const lake = (ms: number) => new Date(ms).toISOString().replace('T', ' ').slice(0, 23);

const rowOf = (id: string, name: string, minute: number, properties: Record<string, unknown> = {}) =>
  ({
    event_id: id,
    name,
    occurred_at: lake(START + minute * 60_000),
    received_at: lake(START + 365 * 86_400_000),
    user_id: 'u1',
    bot: false,
    properties: JSON.stringify(properties),
  }) as EventRow;

const itemId = fc.constantFrom('P1', 'P2', 'P3', 'P4');
const happening = fc.oneof(
  fc.record({ name: fc.constant('page_view'), properties: fc.constant({}) }),
  fc.record({ name: fc.constant('view_item'), properties: fc.record({ item_id: itemId }) }),
  fc.record({
    name: fc.constantFrom('add_to_cart', 'remove_from_cart'),
    properties: fc.record({
      item_id: itemId,
      quantity: fc.integer({ min: 1, max: 3 }),
      price: fc.constantFrom(9, 19.9),
    }),
  }),
  fc.integer({ min: 1, max: 5 }).map((order) => ({
    name: 'purchase',
    // Two reports of one order agree on what it was worth and when.
    minute: order * 6,
    properties: { transaction_id: `t${order}`, revenue: order * 10.1, currency: order % 2 ? 'KRW' : 'USD' },
  })),
);
/** Up to 60 events at few distinct minutes, so that ties are common. */
const history = fc
  .array(fc.tuple(happening, fc.integer({ min: 0, max: 30 })), { minLength: 1, maxLength: 60 })
  .map((events) =>
    events.map(([{ name, properties, ...told }, any], index) => {
      const minute = 'minute' in told ? Number(told.minute) : any;
      return rowOf(`event-${index}`, name, minute, properties);
    }),
  );

const view = (state: MemberState | undefined) => (state === undefined ? undefined : stateView(state));
const fold = (...batches: EventRow[][]) =>
  batches.reduce<MemberState | undefined>((state, batch) => foldEvents(state, batch), undefined);

describe('the state of a person', () => {
  it('is the same in whatever order and batches the events come', () => {
    const shuffled = history.chain((rows) =>
      fc.tuple(fc.constant(rows), fc.shuffledSubarray(rows, { minLength: rows.length }), fc.nat(rows.length)),
    );
    fc.assert(
      fc.property(shuffled, ([rows, other, cut]) => {
        expect(view(fold(other.slice(0, cut), other.slice(cut)))).toEqual(view(fold(rows)));
      }),
    );
  });

  it('does not change when a batch is delivered again, whole or in part', () => {
    fc.assert(
      fc.property(history, fc.nat(60), (rows, cut) => {
        const state = fold(rows);
        expect(foldEvents(state, rows)).toBe(state);
        expect(foldEvents(state, rows.slice(cut))).toBe(state);
      }),
    );
  });

  it('survives the JSON it is kept as', () => {
    fc.assert(
      fc.property(history, history, (first, second) => {
        const rows = second.map((row) => ({ ...row, event_id: `second-${row.event_id}` }));
        const kept = JSON.parse(JSON.stringify(fold(first))) as MemberState;
        expect(view(foldEvents(kept, rows))).toEqual(view(fold(first, rows)));
      }),
    );
  });

  it('counts every event once and every order once', () => {
    fc.assert(
      fc.property(history, (rows) => {
        const state = view(fold(rows));
        const bought = rows.flatMap(({ name, properties }) =>
          name === 'purchase' ? [JSON.parse(properties)] : [],
        );
        const orders = new Map(bought.map((order) => [order.transaction_id, order]));
        expect(state?.orders).toBe(orders.size);
        // A browser and a server that report one order are one purchase (spec §1), not two.
        expect(state?.events['purchase'] ?? 0).toBe(orders.size);
        const counted = Object.values(state?.events ?? {}).reduce((sum, count) => sum + count, 0);
        expect(counted).toBe(rows.length - bought.length + orders.size);
        for (const currency of ['KRW', 'USD']) {
          const sum = [...orders.values()].reduce(
            (all, { revenue, currency: c }) => (c === currency ? all + revenue : all),
            0,
          );
          expect(state?.revenue[currency] ?? 0).toBeCloseTo(sum, 6);
        }
      }),
    );
  });

  it('counts an event by a name that objects have by birth', () => {
    const rows = ['constructor', 'constructor', 'to_string'].map((name, at) => rowOf(`e${at}`, name, at));
    expect(view(fold(rows))?.events).toEqual({ constructor: 2, to_string: 1 });
  });

  it('is exact for a batch with thousands of events of one person that comes twice', () => {
    const rows = Array.from({ length: 5000 }, (_, index) => rowOf(`e${index}`, 'page_view', index % 60));
    const state = fold(rows);
    expect(foldEvents(state, rows)).toBe(state);
    expect(state?.events).toEqual({ page_view: 5000 });
    const next = foldEvents(state, [rowOf('one more', 'page_view', 61)]);
    expect((next?.countedEvents.length ?? 0) / 11).toBeLessThanOrEqual(128);
  });
});

describe('the cart', () => {
  const add = (id: string, minute: number, item: string, quantity = 1) =>
    rowOf(id, 'add_to_cart', minute, { item_id: item, quantity, price: 9 });

  it('holds what was added and not taken out, the latest first', () => {
    const state = fold([
      add('1', 1, 'P1', 2),
      add('2', 2, 'P2'),
      rowOf('3', 'remove_from_cart', 3, { item_id: 'P1', quantity: 1 }),
      rowOf('4', 'remove_from_cart', 4, { item_id: 'P9', quantity: 1 }),
    ]);
    expect(view(state)?.cart.map(({ itemId: id, quantity }) => [id, quantity])).toEqual([
      ['P2', 1],
      ['P1', 1],
    ]);
  });

  it('is empty after a purchase, even when the purchase is heard of late', () => {
    const purchase = rowOf('p', 'purchase', 5, { transaction_id: 't', revenue: 9, currency: 'KRW' });
    const state = fold([add('1', 1, 'P1'), add('2', 6, 'P2')], [purchase]);
    expect(view(state)?.cart.map(({ itemId: id }) => id)).toEqual(['P2']);
  });

  it('keeps what came after an order whose confirmation is opened again the next day', () => {
    const confirmed = (id: string, minute: number, order: string) =>
      rowOf(id, 'purchase', minute, { transaction_id: order, revenue: 9, currency: 'KRW' });
    const [first, again] = [confirmed('p', 5, 't'), confirmed('q', 1445, 't')];
    const batches = [[add('1', 1, 'P1'), first], [add('2', 6, 'P2')], [again]];
    expect(view(fold(...batches))).toMatchObject({
      cart: [{ itemId: 'P2' }],
      orders: 1,
      lastPurchaseAt: '2026-11-01T00:05:00.000Z',
      lastSeenAt: '2026-11-02T00:05:00.000Z',
    });
    // Which of them was first is not told by which comes first, and another order's time is its own.
    const inAnyOrder = [
      [again, first],
      [confirmed('r', 3, 'older'), again, first],
      [again, confirmed('r', 3, 'older'), first],
    ];
    for (const rows of inAnyOrder)
      expect(view(fold(...rows.map((row) => [row])))?.lastPurchaseAt).toBe('2026-11-01T00:05:00.000Z');
  });

  it('is emptied by the latest order, though it is one of which the time is not kept any more', () => {
    const order = (index: number, minute: number) =>
      rowOf(`e${index}`, 'purchase', minute, { transaction_id: `t${index}`, revenue: 1, currency: 'KRW' });
    const many = Array.from({ length: 100 }, (_, index) => [order(index, index === 0 ? 500 : index)]);
    const state = fold(...many, [add('late', 400, 'P1')]);
    expect(view(state)).toMatchObject({
      ...{ cart: [], orders: 100 },
      lastPurchaseAt: new Date(START + 500 * 60_000).toISOString(),
    });
    expect(state?.placedAt).toHaveLength(64);
  });

  it('stays bounded and right when somebody never stops adding', () => {
    const rows = Array.from({ length: 1000 }, (_, index) => add(`e${index}`, index, `P${index % 7}`));
    const state = rows.reduce<MemberState | undefined>((before, row) => foldEvents(before, [row]), undefined);
    expect(state?.cartChanges.length).toBeLessThanOrEqual(101);
    expect(view(state)?.cart.reduce((sum, { quantity }) => sum + quantity, 0)).toBe(1000);
  });
});

describe('what was viewed', () => {
  it('is each item once, the latest twenty', () => {
    const rows = Array.from({ length: 50 }, (_, index) =>
      rowOf(`e${index}`, 'view_item', index, { item_id: `P${index % 25}` }),
    );
    const items = view(fold(rows))?.recentItems ?? [];
    expect(items.map(({ itemId: id }) => id)).toEqual(
      Array.from({ length: 20 }, (_, index) => `P${24 - index}`),
    );
  });
});

describe('a clock that runs ahead', () => {
  it('counts as the arrival of its event', () => {
    const row = { ...rowOf('1', 'page_view', 60), received_at: lake(START) };
    expect(view(fold([row]))?.lastSeenAt).toBe(new Date(START).toISOString());
  });
});
