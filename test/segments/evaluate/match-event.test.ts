import { expect, it } from 'vitest';
import { whereMatcher } from '../../../lambdas/segments/evaluate/match-event.ts';
import type { ValueTest } from '../../../lambdas/segments/rule/test.ts';

const ITEMS = {
  none: {},
  empty: { items: [] },
  red: { items: [{ colour: 'red' }, { size: 5 }] },
  blue: { items: [{ colour: 'blue' }] },
  plain: { items: [{ size: 5 }, null, 'text'] },
  text: { items: 'red' },
};

it.each<[ValueTest, readonly (keyof typeof ITEMS)[]]>([
  [{ operator: 'is', bound: 'red' }, ['red']],
  [{ operator: 'isNot', bound: 'red' }, ['none', 'empty', 'blue', 'plain', 'text']],
  [{ operator: 'in', bound: ['red', 'blue'] }, ['red', 'blue']],
  [{ operator: 'contains', bound: 'lu' }, ['blue']],
  [{ operator: 'exists', bound: true }, ['red', 'blue']],
  [{ operator: 'exists', bound: false }, ['none', 'empty', 'plain', 'text']],
])('of items %j holds of %j', (test, expected) => {
  const matches = whereMatcher({ name: 'view_item', where: [{ property: 'items.colour', test }] });
  const found = Object.entries(ITEMS).filter(([eventId, properties]) =>
    matches?.({ eventId, name: 'view_item', occurredAt: 0, properties, envelope: {} }),
  );
  expect(found.map(([name]) => name)).toEqual(expected);
});
