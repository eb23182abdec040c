import { expect, it } from 'vitest';
import type { StateStore } from '../../lambdas/members/ports.ts';
import type { BrowserState } from '../../lambdas/members/state/browser-state.ts';
import { MOST_MEMBERS } from '../../lambdas/members/state/joined-browsers.ts';
import type { MemberState } from '../../lambdas/members/state/member-state.ts';

const someState = (events: number): MemberState => ({
  firstSeenAt: '2026-11-01T00:00:00.000Z',
  lastSeenAt: '2026-11-21T00:00:00.000Z',
  events: { view_item: events },
  recentItems: [{ itemId: 'P1', at: '2026-11-21T00:00:00.000Z' }],
  cartChanges: [],
  orders: 0,
  revenue: {},
  countedEvents: '',
  countedTransactions: '',
});

const AT = '2026-11-21T00:00:00.000Z';
const word = { name: '니트 코트', price: 9.5, pcUrl: 'https://shop.example.com/1' };
/** One of everything there is. */
const whole: MemberState = {
  ...someState(1),
  cartChanges: [
    { at: '2026-11-20T23:59:59.001Z', by: 'abcdefghijk', itemId: 'P1', pieces: -2 },
    { at: AT, by: 'abcdefghijl', itemId: 'P1', pieces: 1, price: 9.5 },
  ],
  viewedTold: [{ itemId: 'P1', at: AT, ...word }],
  cartTold: [{ itemId: 'P2', at: AT, currency: 'KRW' }],
  lastPurchaseAt: AT,
  orders: 1,
  revenue: { KRW: 95_000 },
  countedEvents: 'abcdefghijkabcdefghijl',
  countedTransactions: 'abcdefghijklmnopqrstuv',
  placedAt: ['', AT],
  browsers: [
    {
      anonymousId: 'b-1',
      namings: [
        { from: 1, to: 1 },
        { from: 5, to: 9 },
      ],
    },
    { anonymousId: 'b-2', namings: [{ from: Date.parse(AT), to: Date.parse(AT) }], settledTo: 4 },
  ],
};
const browser: BrowserState = {
  happened: [
    { name: 'page_view', by: 'abcdefghij1', at: AT },
    { name: 'page_view', by: 'abcdefghij2', at: AT, occurredAt: '2026-11-21T00:00:09.000Z' },
    {
      name: 'view_item',
      by: 'abcdefghij3',
      at: '2026-11-20T00:00:00.000Z',
      item: { itemId: 'P1', told: word },
    },
    {
      name: 'add_to_cart',
      by: 'abcdefghij4',
      at: AT,
      item: { itemId: 'P1', pieces: 2, price: 9.5, told: word },
    },
    { name: 'remove_from_cart', by: 'abcdefghij5', at: AT, item: { itemId: 'P1', pieces: -1 } },
    {
      name: 'purchase',
      by: 'abcdefghij6',
      at: AT,
      order: { print: 'abcdefghijk', amount: 9, currency: 'KRW' },
    },
  ],
  sums: [{ until: AT, state: whole }],
  countedEvents: 'abcdefghij7',
};

/** What any StateStore promises. */
export function stateStoreContract(open: () => { store: StateStore; prefix: string }): void {
  it('gives back the last state of each key, however many there are', async () => {
    const { store, prefix } = open();
    const keys = Array.from({ length: 230 }, (_, index) => `${prefix}${index}`);
    await store.write({ members: new Map(keys.map((key) => [key, someState(1)])) });
    await store.write({ members: new Map(keys.slice(0, 30).map((key) => [key, someState(2)])) });
    const { members } = await store.read({ members: [...keys, `${prefix}nobody`] });
    expect(members.size).toBe(230);
    expect(members.get(keys[29] ?? '')).toEqual(someState(2));
    expect(members.get(keys[30] ?? '')).toEqual(someState(1));
  });

  it('gives back everything that states hold, and takes no browser for a member of its name', async () => {
    const { store, prefix } = open();
    await store.write({
      members: new Map([[prefix, whole]]),
      browsers: new Map([[prefix, browser]]),
    });
    const rows = await store.read({ members: [prefix], browsers: [prefix], namings: [prefix] });
    expect(rows.members).toEqual(new Map([[prefix, whole]]));
    expect(rows.browsers).toEqual(new Map([[prefix, browser]]));
    expect(rows.namings.size).toBe(0);
  });

  it('knows who were named in a browser, whoever notes it first and however often', async () => {
    const { store, prefix } = open();
    await Promise.all(['kim', 'lee', 'kim'].map((userId) => store.join(prefix, userId)));
    const namings = await store.join(prefix, 'lee');
    expect([...(namings?.userIds ?? [])].sort()).toEqual(['kim', 'lee']);
    expect((await store.read({ namings: [prefix] })).namings.get(prefix)?.userIds).toHaveLength(2);
  });

  it('tells what of a member is settled, also to the member who comes back', async () => {
    const { store, prefix } = open();
    const namings = [
      { from: 1, to: 1 },
      { from: 5, to: 900 },
    ];
    await store.join(prefix, 'kim');
    await store.settle(prefix, 'kim', namings);
    await store.settle(prefix, 'lee', []);
    expect((await store.join(prefix, 'kim'))?.settled.get('kim')).toEqual(namings);
    expect((await store.read({ namings: [prefix] })).namings.get(prefix)?.settled.size).toBe(2);
  });

  it('refuses more members in a browser than it holds, and lets those in it be', async () => {
    const { store, prefix } = open();
    for (let index = 0; index < MOST_MEMBERS; index++) await store.join(prefix, `m${index}`);
    expect(await store.join(prefix, 'one more')).toBeUndefined();
    expect((await store.join(prefix, 'm0'))?.userIds).toHaveLength(MOST_MEMBERS);
  });
}
