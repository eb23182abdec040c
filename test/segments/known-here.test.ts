import { expect, it } from 'vitest';
import { knownHere } from '../../lambdas/segments/known-here.ts';
import type { List, ListState } from '../../lambdas/segments/lists/list.ts';

const STATES: readonly ListState[] = ['open', 'matching', 'ready', 'failed', 'deleting'];

it('lets rules name lists that are there or will be, and none that has failed or is being deleted', async () => {
  const lists: List[] = STATES.map((state) => ({
    ...{ id: state, name: state, kind: 'id', recognisedBy: 'request', state, parts: [] },
    ...{ createdAt: '2026-01-01T00:00:00.000Z', createdBy: 'kim', attempt: 0 },
  }));
  const known = knownHere(
    { names: async () => [] },
    { all: async () => lists.map((list) => ({ list, revision: 1 })) },
    { all: async () => [] },
    { retentionDays: 730, timeZone: 'Asia/Seoul' },
  );
  expect(await known.lists.ids()).toEqual(['open', 'matching', 'ready']);
});
