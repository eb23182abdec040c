import { conflict, notFound, RepointError } from '../../shared/errors.ts';
import type { List } from './list.ts';
import type { Lists } from './ports.ts';

/** Who is on the list is being found out: whoever waits will know. */
export class NotYet extends RepointError {
  constructor(list: string) {
    super('conflict', `The list "${list}" is matching, not ready`, { field: 'list' });
  }
}

/**
 * A list of which it is known who is on it. Throws `not_found` for one that is not there (any more), `conflict` for one that is not
 * ready, as `NotYet` when it soon will be.
 */
export async function readyList(lists: Pick<Lists, 'find'>, id: string): Promise<List> {
  const list = (await lists.find(id))?.list;
  if (list === undefined || list.state === 'deleting') throw notFound(`There is no list "${id}"`, 'list');
  if (list.state === 'matching') throw new NotYet(id);
  if (list.state !== 'ready') throw conflict(`The list "${id}" is ${list.state}, not ready`, 'list');
  return list;
}

/** userIds on a list, all in memory: a list has at most a million, of which 12 characters each take about 55 MB. Throws as `readyList`. */
export function listedMembers(lists: Pick<Lists, 'find' | 'ids'>): {
  of(list: string): Promise<ReadonlySet<string>>;
} {
  return {
    async of(id) {
      await readyList(lists, id);
      const members = new Set<string>();
      for await (const page of lists.ids(id)) for (const userId of page) members.add(userId);
      return members;
    },
  };
}
