import type { ComputedCondition } from './rule.ts';
import type { ValueTest } from './test.ts';

const OPERATORS = [
  'is',
  'isNot',
  'in',
  'atLeast',
  'atMost',
  'contains',
  'exists',
  'inMonth',
  'inTheLastDays',
  'inTheNextDays',
] as const;

/** The one operator of a condition that has one. */
export function testOf(condition: object): ValueTest {
  const fields = condition as Readonly<Record<string, unknown>>;
  const operator = OPERATORS.find((name) => Object.hasOwn(fields, name));
  if (operator === undefined)
    throw new Error(`A condition has no operator: ${Object.keys(condition).join(', ')}`);
  return { operator, bound: fields[operator] } as ValueTest;
}

/** Without its window, whose `inTheLastDays` is an operator of attributes. */
export function onlyOperator(condition: ComputedCondition): object {
  const { inTheLastDays: _days, inTheLastHours: _hours, between: _between, ...operator } = condition;
  return operator;
}
