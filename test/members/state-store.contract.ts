import { expect, it } from 'vitest';
import type { StateStore } from '../../lambdas/members/ports.ts';
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

/** What any StateStore promises. */
export function stateStoreContract(open: () => { store: StateStore; prefix: string }): void {
  it('gives back the last state of each key, however many there are', async () => {
    const { store, prefix } = open();
    const keys = Array.from({ length: 230 }, (_, index) => `u#${prefix}${index}`);
    await store.putAll(new Map(keys.map((key) => [key, someState(1)])));
    await store.putAll(new Map(keys.slice(0, 30).map((key) => [key, someState(2)])));
    const states = await store.getAll([...keys, `u#${prefix}nobody`]);
    expect(states.size).toBe(230);
    expect(states.get(keys[29] ?? '')).toEqual(someState(2));
    expect(states.get(keys[30] ?? '')).toEqual(someState(1));
  });
}
