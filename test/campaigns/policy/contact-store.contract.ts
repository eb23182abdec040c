import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { type Caps, type Contacts, NO_CONTACTS } from '../../../lambdas/campaigns/policy/caps.ts';
import { countContacts } from '../../../lambdas/campaigns/policy/count-contacts.ts';
import type { ContactStore } from '../../../lambdas/campaigns/policy/ports.ts';
import { DAY, rules, seoul } from './support/rules.ts';

const NOW = seoul('2026-11-22T12:00');
const contactsOf = (...ids: string[]): Contacts =>
  new Map(ids.map((id, index) => [id, { at: NOW + index, channel: 'push' as const }]));

/** What every store of contacts promises, and counting over it. */
export function contactStoreContract(open: () => ContactStore): void {
  const consistent = { consistent: true };

  it('gives back what was put, more rows than one call reads, and leaves out who has none', async () => {
    const store = open();
    const members = Array.from({ length: 105 }, () => `회원-${randomUUID()}`);
    await Promise.all(members.map((userId) => store.put(userId, contactsOf(userId, 'b'), 0)));
    const rows = await store.batch([...members, randomUUID(), ...members.slice(0, 3)], consistent);
    expect(rows.size).toBe(105);
    for (const userId of members)
      expect(rows.get(userId)).toEqual({ contacts: contactsOf(userId, 'b'), revision: 1 });
  });

  it('takes a write only on the revision it expects: of many side by side one', async () => {
    const store = open();
    const userId = randomUUID();
    for (const expecting of [0, 1, 2]) {
      const writes = ['a', 'b', 'c'].map((id) => store.put(userId, contactsOf(id), expecting));
      expect((await Promise.all(writes)).filter(Boolean)).toHaveLength(1);
    }
    expect((await store.batch([userId], consistent)).get(userId)?.revision).toBe(3);
  });

  const agreed = { advertising: true, night: true };
  const members = (count: number) =>
    new Map(Array.from({ length: count }, () => [randomUUID(), agreed] as const));
  const take = async (
    store: ContactStore,
    who: ReadonlyMap<string, typeof agreed>,
    sendId: string,
    caps: Caps,
    now = NOW,
  ) => {
    const refused = await countContacts(store, rules({ sendId, caps }), who, new Map(), now);
    return [...who.keys()].filter((userId) => !refused.has(userId));
  };

  it('counts sends side by side never beyond the cap', async () => {
    const store = open();
    const who = members(10);
    const caps = { perDay: 2, perWeek: 3 };
    const room = async (ids: string[], now: number) => {
      const taken = await Promise.all(ids.map((id) => take(store, who, id, caps, now)));
      return [...who.keys()].map((userId) => taken.filter((ids) => ids.includes(userId)).length);
    };
    expect(await room(['1', '2', '3', '4'], NOW)).toEqual(Array.from(who, () => 2));
    expect(await room(['5', '6'], NOW + DAY)).toEqual(Array.from(who, () => 1));
    expect(await room(['7'], NOW + 5 * DAY)).toEqual(Array.from(who, () => 0));
    expect(await room(['8', '9', '10'], NOW + 7 * DAY)).toEqual(Array.from(who, () => 2));
  });

  it('counts a send once that counts again, side by side or later', async () => {
    const store = open();
    const who = members(10);
    const again = await Promise.all([0, 1, 2].map((n) => take(store, who, 'a', { perDay: 2 }, NOW + n)));
    expect(again.map((taken) => taken.length)).toEqual([10, 10, 10]);
    expect(await take(store, who, 'b', { perDay: 2 }, NOW + 9)).toHaveLength(10);
    expect(await take(store, who, 'c', { perDay: 2 }, NOW + 9)).toEqual([]);
    expect(await take(store, who, 'a', { perDay: 2 }, NOW + 9)).toHaveLength(10);
    const rows = await store.batch([...who.keys()], consistent);
    expect([...rows.values()].map(({ contacts }) => [...contacts.keys()].sort())).toEqual(
      Array.from(who, () => ['a', 'b']),
    );
  });

  it('is not misled by rows that lag', async () => {
    const store = open();
    const who = members(3);
    await take(store, who, 'a', { perDay: 1 });
    const stale = new Map([...who.keys()].map((userId) => [userId, { contacts: NO_CONTACTS, revision: 0 }]));
    const refused = await countContacts(store, rules({ sendId: 'b', caps: { perDay: 1 } }), who, stale, NOW);
    expect([...refused.values()]).toEqual(
      Array.from(who, () => expect.objectContaining({ reason: 'DAILY_CAP_MEMBER' })),
    );
  });

  it('forgets what counts no more', async () => {
    const store = open();
    const who = members(1);
    for (let day = 0; day < 20; day++) await take(store, who, `send-${day}`, { perDay: 5 }, NOW + day * DAY);
    const [row] = (await store.batch([...who.keys()], consistent)).values();
    expect(row?.contacts.size).toBe(8);
  });
}
