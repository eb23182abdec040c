import { describe, expect, it } from 'vitest';
import { MOST_MEMBERS } from '../../lambdas/members/state/joined-browsers.ts';
import { mergedStates } from '../../lambdas/members/state/merged-states.ts';
import { ownerOf, spansOf } from '../../lambdas/members/state/namings.ts';
import {
  browserStateOf,
  packedBrowserState,
  packedState,
  stateOf,
} from '../../lambdas/members/state/packed.ts';
import { consume, cutInto } from './support/consumers.ts';
import { memoryStates } from './support/memory.ts';
import { START, type Told } from './support/world.ts';

const DAY_MS = 86_400_000;
/** As long as the envelope and the plan allow, in characters that JSON writes with six. */
const longest = (text: string, length: number): string => text.padEnd(length, '\u0001');

const happened = (index: number, rest: Partial<Told> = {}): Told => ({
  id: `e${index}`,
  name: 'page_view',
  occurred: START + index * 1000,
  received: START + 100 * DAY_MS,
  properties: {},
  ...rest,
});

/** Somebody who wants to break rows: everything as long as may be, in one batch and in many. */
const hostile = (rest: (index: number) => Partial<Told>, count: number): Told[] =>
  Array.from({ length: count }, (_, index) =>
    happened(index, {
      name: ['view_item', 'add_to_cart', 'purchase'][index % 50 === 49 ? 2 : index % 2] ?? '',
      properties: {
        item_id: longest(`${index}`, 128),
        item_name: longest(`${index}`, 200),
        quantity: 1,
        price: index,
        transaction_id: `t${index}`,
        ...{ revenue: 1, currency: 'KRW' },
        ...Object.fromEntries(
          ['image_url', 'item_url', 'item_mobile_url'].map((name) => [
            name,
            `https://shop.example.com/${index}/`.padEnd(512, 'a'),
          ]),
        ),
      },
      ...rest(index),
    }),
  );

const bytes = (text: string | undefined): number => new TextEncoder().encode(text).length;

describe('a row', () => {
  it.each([
    ['in one batch', [15_000]],
    ['in many', [40]],
  ])('of a browser holds less than DynamoDB allows, whatever is posted %s', async (_, sizes) => {
    const store = memoryStates();
    const count = sizes[0] === 40 ? 1500 : 15_000;
    const named = hostile((index) => (index % 200 === 199 ? { userId: `m${index % 7}` } : {}), count);
    const events = named.map((event) => ({ ...event, browser: 'b1' }));
    for (const batch of cutInto(events, sizes)) {
      await consume(store, { batches: [batch], deaths: [] });
      const state = (await store.read({ browsers: ['b1'] })).browsers.get('b1');
      expect(bytes(state && packedBrowserState(state))).toBeLessThan(400_000);
    }
  });

  it('of a browser forgets the fingerprints of a large batch with the next', async () => {
    const store = memoryStates();
    const events = Array.from({ length: 3001 }, (_, index) => happened(index, { browser: 'b1' }));
    const prints = async () =>
      ((await store.read({ browsers: ['b1'] })).browsers.get('b1')?.countedEvents.length ?? 0) / 11;
    await consume(store, { batches: [events.slice(0, 3000)], deaths: [] });
    expect(await prints()).toBe(3000 - 64);
    await consume(store, { batches: [events.slice(3000)], deaths: [] });
    expect(await prints()).toBe(128 - 65);
  });

  it('of a member does too, though each event names another browser', async () => {
    const store = memoryStates();
    const events = hostile((index) => ({ userId: 'kim', browser: longest(`${index}`, 128) }), 600);
    await consume(store, { batches: cutInto(events, [500, 20]), deaths: [] });
    const state = (await store.read({ members: ['kim'] })).members.get('kim');
    expect(bytes(state && packedState(state))).toBeLessThan(200_000);
    expect(state?.browsers?.length).toBeLessThanOrEqual(12 + 20);
  });
});

describe('a browser in which too many members were named', () => {
  it('is nobody’s: what strangers did there is told of no member', async () => {
    const store = memoryStates();
    const viewed = happened(0, { browser: 'till', name: 'view_item', properties: { item_id: 'P1' } });
    const named = Array.from({ length: MOST_MEMBERS + 1 }, (_, index) =>
      happened(1 + index, { browser: 'till', userId: `m${index}` }),
    );
    await consume(store, { batches: [[viewed], named.slice(0, 2)], deaths: [] });
    const items = async () => (await mergedStates(store, ['m0'])).get('m0')?.recentItems;
    expect(await items()).toMatchObject([{ itemId: 'P1' }]);
    await consume(store, { batches: cutInto(named.slice(2), [5]), deaths: [] });
    expect(await items()).toEqual([]);
  });
});

describe('rows that were written before states were packed', () => {
  it('are read as they are: of a browser, all that was done there until its last event', () => {
    const state = {
      firstSeenAt: '2026-11-01T00:00:00.000Z',
      lastSeenAt: '2026-11-02T00:00:00.000Z',
      ...{ events: { page_view: 2 }, recentItems: [], cartChanges: [], orders: 0, revenue: {} },
      ...{ countedEvents: 'abcdefghijk', countedTransactions: '' },
    };
    expect(stateOf(JSON.stringify(state))).toEqual(state);
    expect(browserStateOf(JSON.stringify(state))).toEqual({
      happened: [],
      sums: [{ until: state.lastSeenAt, state: { ...state, countedEvents: '' } }],
      countedEvents: 'abcdefghijk',
    });
  });
});

describe('namings', () => {
  it('are as many as a dozen, and of more those of one visit become one span', () => {
    const visits = [0, 30, 60].flatMap((day) =>
      Array.from({ length: 10 }, (_, minute) => day * DAY_MS + minute * 60_000),
    );
    const spans = spansOf(visits.map((at) => ({ from: at, to: at })));
    expect(spans).toHaveLength(12);
    const claims = [
      { userId: 'kim', namings: spans },
      { userId: 'lee', namings: [15, 45].map((day) => ({ from: day * DAY_MS, to: day * DAY_MS })) },
    ];
    // Between visits somebody else may be named; that is what has to be told apart.
    const owners = [1, 16, 31, 46].map((day) => ownerOf(claims, day * DAY_MS)?.userId);
    expect(owners).toEqual(['lee', 'kim', 'lee', 'kim']);
  });
});
