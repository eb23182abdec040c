import type { ContactRow, ContactStore } from '../../../../lambdas/campaigns/policy/ports.ts';

/** Contacts in memory. */
export function memoryContacts(): ContactStore & { readonly rows: Map<string, ContactRow>; writes: number } {
  const rows = new Map<string, ContactRow>();
  return {
    rows,
    writes: 0,
    async batch(userIds) {
      return new Map(
        userIds.flatMap((userId) => {
          const row = rows.get(userId);
          return row === undefined ? [] : [[userId, row] as const];
        }),
      );
    },
    async put(userId, contacts, expecting) {
      this.writes += 1;
      if ((rows.get(userId)?.revision ?? 0) !== expecting) return false;
      rows.set(userId, { contacts: new Map(contacts), revision: expecting + 1 });
      return true;
    },
  };
}
