import type { Lists } from '../lists/ports.ts';

/** Those of the named lists that one person is on. A list that is not ready, or gone, has nobody. */
export const listsHaving =
  (lists: Pick<Lists, 'find' | 'having'>) =>
  async (userId: string, ids: readonly string[]): Promise<readonly string[]> => {
    const found = await Promise.all(
      ids.map(async (id) => {
        const list = (await lists.find(id))?.list;
        if (list?.state !== 'ready') return [];
        return (await lists.having(list, [userId])).length > 0 ? [id] : [];
      }),
    );
    return found.flat();
  };
