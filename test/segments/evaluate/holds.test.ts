import { expect, it } from 'vitest';
import { holdsOf } from '../../../lambdas/segments/compile/holds.ts';
import type { Scalar, ValueTest } from '../../../lambdas/segments/rule/test.ts';

const VALUES: readonly (Scalar | undefined)[] = [undefined, 'shoes', '5', 5, 0, true];

it.each<[ValueTest, readonly (Scalar | undefined)[]]>([
  [{ operator: 'is', bound: 'shoes' }, ['shoes']],
  [{ operator: 'is', bound: 5 }, ['5', 5]],
  [{ operator: 'is', bound: '5' }, ['5']],
  [{ operator: 'isNot', bound: 5 }, [undefined, 'shoes', 0, true]],
  [{ operator: 'in', bound: ['shoes', true, 0] }, ['shoes', 0, true]],
  [{ operator: 'contains', bound: 'oe' }, ['shoes']],
  [{ operator: 'contains', bound: '5' }, ['5']],
  [{ operator: 'atLeast', bound: 5 }, ['5', 5]],
  [{ operator: 'atMost', bound: 4 }, [0]],
  [{ operator: 'exists', bound: true }, ['shoes', '5', 5, 0, true]],
  [{ operator: 'exists', bound: false }, [undefined]],
  [{ operator: 'atLeast', bound: '2026-01-01' }, []],
  [{ operator: 'inMonth', bound: 'this' }, []],
])('%j holds of %j alone', (test, expected) => {
  expect(VALUES.filter((value) => holdsOf(test, value))).toEqual(expected);
});
