import { isEmpty, numberOf, single, type Value } from '../values.ts';
import { condition, type Helper } from './helper.ts';

/** Two numbers, written as such or as texts; undefined unless both are. */
function numbersOf(a: Value, b: Value): readonly [number, number] | undefined {
  const [left, right] = [numberOf(a), numberOf(b)];
  return left === undefined || right === undefined ? undefined : [left, right];
}

/** Texts are equal as they stand; a number equals the text of its digits, since attributes are texts. */
function equal(a: Value, b: Value): boolean {
  const [left, right] = [single(a), single(b)];
  if (typeof left === 'object' && typeof right === 'object')
    return left.length === right.length && left.every((value, index) => value === right[index]);
  if (typeof left === 'number' || typeof right === 'number') {
    const numbers = numbersOf(left, right);
    return numbers !== undefined && numbers[0] === numbers[1];
  }
  if (typeof left === 'boolean' || typeof right === 'boolean') return String(left) === String(right);
  return left === right;
}

/** Numbers by size, whether written as such or as texts, other texts by their characters; a missing value is neither. */
function compare(a: Value, b: Value, holds: (order: number) => boolean): boolean {
  const [left, right] = [single(a), single(b)];
  const numbers = numbersOf(left, right);
  if (numbers) return holds(Math.sign(numbers[0] - numbers[1]));
  if (typeof left !== 'string' || typeof right !== 'string') return false;
  return holds(left < right ? -1 : left > right ? 1 : 0);
}

const comparison = (holds: (order: number) => boolean): Helper =>
  condition(2, 2, ([a, b]) => compare(a, b, holds));

const MANY = Number.POSITIVE_INFINITY;

/** Pinpoint's conditional helpers (pinpoint.md §2.6). */
export const CONDITIONS = {
  and: condition(2, MANY, (values) => !values.some(isEmpty)),
  eq: condition(2, 2, ([a, b]) => equal(a, b)),
  gt: comparison((order) => order > 0),
  gte: comparison((order) => order >= 0),
  if: condition(1, 1, ([value]) => !isEmpty(value)),
  lt: comparison((order) => order < 0),
  lte: comparison((order) => order <= 0),
  neq: condition(2, 2, ([a, b]) => !equal(a, b)),
  not: condition(1, 1, ([value]) => isEmpty(value)),
  or: condition(2, MANY, (values) => !values.every(isEmpty)),
  unless: condition(1, 1, ([value]) => isEmpty(value)),
} satisfies Record<string, Helper>;
