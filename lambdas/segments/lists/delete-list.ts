import { conflict } from '../../shared/errors.ts';
import type { ListFiles, Lists } from './ports.ts';
import { found } from './upload-list.ts';

export interface DeleteDeps {
  readonly lists: Lists;
  readonly files: Pick<ListFiles, 'remove'>;
  /** Names of the segments whose rule names the list. */
  readonly segmentsWith: (list: string) => Promise<readonly string[]>;
}

/** Deletes a list and all that was uploaded for it. Throws `conflict` while a segment names it. */
export async function deleteList(deps: DeleteDeps, id: string): Promise<void> {
  const stored = await deps.lists.find(id);
  // What an earlier try has left goes now.
  const { list } = stored?.list.state === 'deleting' ? stored : await marked(deps, id);
  await deps.files.remove(id, 'all');
  await deps.lists.remove(list);
}

async function marked(deps: DeleteDeps, id: string) {
  const stored = await found(deps, id);
  const segments = await deps.segmentsWith(id);
  if (segments.length > 0)
    throw conflict(
      `The list is named by ${segments.length === 1 ? 'segment' : 'segments'} ${segments.join(', ')}; change them first`,
      'id',
    );
  // Nobody reads who is on it from here on, for soon that will be but a part of them.
  const deleting = await deps.lists.replace(stored, { ...stored.list, state: 'deleting' });
  if (!deleting) throw conflict('The list was changed at the same time; try again', 'id');
  return deleting;
}

/** Whether a rule, as it is kept, names the list anywhere. */
export function namesList(rule: unknown, list: string): boolean {
  if (typeof rule !== 'object' || rule === null) return false;
  if ((rule as Record<string, unknown>)['list'] === list) return true;
  return Object.values(rule).some((part) => namesList(part, list));
}
