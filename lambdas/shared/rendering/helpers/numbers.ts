import { RenderingError } from '../errors.ts';
import { Boxed } from '../values.ts';
import { type Helper, helper } from './helper.ts';
import type { Kind } from './kinds.ts';

const MAX_DECIMALS = 8;

/** A result, with up to eight decimals (pinpoint.md: 5 / 2.3 is 2.17391304) and never with an exponent. */
function result(exact: number): Boxed {
  if (!(Math.abs(exact) < 1e15)) throw new RenderingError(`${exact} has more than 15 digits`);
  const text = exact.toFixed(MAX_DECIMALS).replace(/\.?0+$/, '');
  return new Boxed(Number(text), text === '-0' ? '0' : text);
}

const ofTwo = (second: Kind & ('number' | 'divisor'), compute: (a: number, b: number) => number): Helper =>
  helper({ params: ['number', second], run: ([a = 0, b = 0]) => result(compute(a, b)) });

const ofOne = (compute: (value: number) => number): Helper =>
  helper({ params: ['number'], run: ([value = 0]) => result(compute(value)) });

function ordinal(number: number): string {
  const [tens, ones] = [Math.abs(number) % 100, Math.abs(number) % 10];
  if (tens > 10 && tens < 14) return 'th';
  return ['th', 'st', 'nd', 'rd'][ones] ?? 'th';
}

/** Pinpoint's helpers for numbers, and for words that go by them. */
export const NUMBERS = {
  add: ofTwo('number', (a, b) => a + b),
  ceiling: ofOne(Math.ceil),
  divide: ofTwo('divisor', (a, b) => a / b),
  floor: ofOne(Math.floor),
  inflect: helper({
    params: ['number', 'word', 'word'],
    named: { includeCount: 'truth' },
    run: ([count = 0, one = '', many = ''], { includeCount }) => {
      const word = Math.trunc(count) === 1 ? one : many;
      return includeCount ? `${Math.trunc(count)} ${word}` : word;
    },
  }),
  modulo: ofTwo('divisor', (a, b) => a % b),
  multiply: ofTwo('number', (a, b) => a * b),
  ordinalize: helper({
    params: ['number'],
    run: ([value = 0]) => `${Math.trunc(value)}${ordinal(Math.trunc(value))}`,
  }),
  round: ofOne(Math.round),
  subtract: ofTwo('number', (a, b) => a - b),
} satisfies Record<string, Helper>;
