/** What must hold of one value that an event has or that was computed of events. Pure. */
import type { Scalar, ValueTest } from '../rule/test.ts';

/** A text that is a number: as JSON writes one, up to 99 digits of exponent. The compiled statements ask the same. */
const NUMBER = /^-?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,2})?$/;

/** From here on, and below the other, a number is written with an exponent of three digits. */
const [LARGE, SMALL] = [1e100, 1e-99];

/** The number that a value is or spells; undefined when it is none, or one that the statements do not take for one. */
export function numberOf(value: Scalar): number | undefined {
  if (typeof value === 'number') {
    const size = Math.abs(value);
    return size < LARGE && (size >= SMALL || size === 0) ? value : undefined;
  }
  return typeof value === 'string' && NUMBER.test(value) ? Number(value) : undefined;
}

const equals = (value: Scalar, bound: Scalar): boolean =>
  typeof bound === 'number' ? numberOf(value) === bound : value === bound;

/**
 * Whether the value meets the test; undefined is a missing value. Numbers compare with numbers (a text that is a number counts
 * as one), texts with texts, truths with truths. Dates are for attributes only and hold of no value here.
 */
export function holdsOf(test: ValueTest, value: Scalar | undefined): boolean {
  if (test.operator === 'exists') return (value !== undefined) === test.bound;
  if (test.operator === 'isNot') return value === undefined || !equals(value, test.bound);
  if (value === undefined) return false;
  if (test.operator === 'is') return equals(value, test.bound);
  if (test.operator === 'in') return test.bound.some((bound) => equals(value, bound));
  if (test.operator === 'contains') return typeof value === 'string' && value.includes(test.bound);
  if (test.operator !== 'atLeast' && test.operator !== 'atMost') return false;
  const number = numberOf(value);
  if (number === undefined || typeof test.bound !== 'number') return false;
  return test.operator === 'atLeast' ? number >= test.bound : number <= test.bound;
}
