import { expect, it } from 'vitest';
import type { Member } from '../../lambdas/members/member.ts';
import type { MemberStore } from '../../lambdas/members/ports.ts';

export const someMember = (userId: string, version = 1): Member => ({
  userId,
  version,
  texts: { name: '김서연', email: 'kim@example.com' },
  pushTokens: [{ platform: 'FCM', token: 'token-aaaaaaaa' }],
  attributes: { '회원 등급': 'GOLD', point: 1200.5, vip: false, tags: ['knit', ''], note: '' },
  consents: { push: { advertising: { granted: true, at: '2026-11-21T00:00:00.000Z', how: 'api' } } },
  retired: { endpoints: [], attributes: [] },
  createdAt: '2026-11-21T00:00:00.000Z',
  updatedAt: '2026-11-21T00:00:00.000Z',
});

/** What any MemberStore promises. `open` gives one that is empty under the given prefix of userIds. */
export function memberStoreContract(open: () => { store: MemberStore; prefix: string }): void {
  it('gives back what was put, and leaves out what is not there', async () => {
    const { store, prefix } = open();
    const kim = someMember(`${prefix}kim`);
    expect(await store.put(kim, 0)).toBe(true);
    expect(await store.getAll([kim.userId, `${prefix}nobody`])).toEqual(new Map([[kim.userId, kim]]));
  });

  it('takes a write only on the version it expects', async () => {
    const { store, prefix } = open();
    const kim = someMember(`${prefix}kim`);
    expect(await store.put(kim, 3)).toBe(false);
    expect(await store.put(kim, 0)).toBe(true);
    expect(await store.put({ ...kim, version: 1 }, 0)).toBe(false);
    expect(await store.put({ ...kim, version: 2 }, 1)).toBe(true);
    expect((await store.getAll([kim.userId])).get(kim.userId)?.version).toBe(2);
  });

  it('reads more members at once than one call of DynamoDB takes', async () => {
    const { store, prefix } = open();
    const members = Array.from({ length: 105 }, (_, index) => someMember(`${prefix}${index}`));
    await Promise.all(members.map((member) => store.put(member, 0)));
    expect((await store.getAll(members.map(({ userId }) => userId))).size).toBe(105);
  });
}
