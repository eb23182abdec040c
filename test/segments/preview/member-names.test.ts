import { expect, it } from 'vitest';
import { memberNames } from '../../../lambdas/segments/preview/member-names.ts';

it('names are those in members’ rows, where there is one and it is a text', async () => {
  const rows = new Map<string, object>([
    ['hana', { name: '하나' }],
    ['duri', { name: 7 }],
    ['sena', { grade: 'GOLD' }],
  ]);
  const names = memberNames({
    row: async (userId) => {
      const attributes = rows.get(userId);
      return attributes && { userId, attributes: attributes as Readonly<Record<string, string>> };
    },
  });
  expect(await names.of(['hana', 'duri', 'sena', 'nobody'])).toEqual(new Map([['hana', '하나']]));
});
