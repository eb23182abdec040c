import { readyList } from '../lists/listed-members.ts';
import type { Lists } from '../lists/ports.ts';

/** Those of the named lists that one person is on. Throws as `readyList` for one of which that is not known: it is no answer that somebody is not on it. */
export const listsHaving =
  (lists: Pick<Lists, 'find' | 'having'>) =>
  async (userId: string, ids: readonly string[]): Promise<readonly string[]> => {
    const found = await Promise.all(
      ids.map(async (id) => {
        const list = await readyList(lists, id);
        return (await lists.having(list, [userId])).length > 0 ? [id] : [];
      }),
    );
    return found.flat();
  };
