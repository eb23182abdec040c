import { dateOf } from '../../shared/iso-date.ts';
import { dayOf, type Moment, today } from './dates.ts';
import type { Scalar, ValueTest } from './test.ts';

/** A member's attribute: text (dates are ISO 8601 text), number, truth, or a list of texts. */
export type AttributeValue = Scalar | readonly string[];

/** Whether a member's attribute meets the test (spec §3); undefined: the member has none. See `ValueTest` for what each operator means. */
export function meets(test: ValueTest, value: AttributeValue | undefined, moment: Moment): boolean {
  if (test.operator === 'exists') return (value !== undefined) === test.bound;
  if (test.operator === 'isNot') return !equals(value, test.bound);
  if (value === undefined) return false;
  if (test.operator === 'contains') return contains(value, test.bound);
  if (typeof value === 'object') return value.some((element) => holds(test, element, moment));
  return holds(test, value, moment);
}

const equals = (value: AttributeValue | undefined, bound: Scalar): boolean =>
  typeof value === 'object' ? (value as readonly Scalar[]).includes(bound) : value === bound;

const contains = (value: AttributeValue, part: string): boolean =>
  typeof value === 'string' || typeof value === 'object' ? value.includes(part) : false;

type ScalarTest = Exclude<ValueTest, { operator: 'exists' | 'isNot' | 'contains' }>;

function holds(test: ScalarTest, value: Scalar, moment: Moment): boolean {
  switch (test.operator) {
    case 'is':
      return value === test.bound;
    case 'in':
      return test.bound.includes(value);
    case 'atLeast':
    case 'atMost':
      return bounded(test.operator, value, test.bound, moment);
    default:
      return typeof value === 'string' && onDay(test, value, moment);
  }
}

const within = (operator: 'atLeast' | 'atMost', value: number | undefined, bound: number): boolean =>
  value !== undefined && (operator === 'atLeast' ? value >= bound : value <= bound);

/** Numbers compare with numbers and dates with dates; anything else is no match rather than a guess. */
function bounded(
  operator: 'atLeast' | 'atMost',
  value: Scalar,
  bound: number | string,
  moment: Moment,
): boolean {
  if (typeof value === 'number' && typeof bound === 'number') return within(operator, value, bound);
  if (typeof value !== 'string' || typeof bound !== 'string') return false;
  const [at, limit] = [dateOf(value), dateOf(bound)];
  if (at === undefined || limit === undefined) return false;
  if ('ms' in at && 'ms' in limit) return within(operator, at.ms, limit.ms);
  return within(operator, dayOf(at, moment), dayOf(limit, moment));
}

type DayTest = Extract<ScalarTest, { operator: 'inMonth' | 'inTheLastDays' | 'inTheNextDays' }>;

function onDay(test: DayTest, value: string, moment: Moment): boolean {
  const date = dateOf(value);
  if (date === undefined) return false;
  const day = dayOf(date, moment);
  const ahead = day - today(moment);
  switch (test.operator) {
    case 'inMonth':
      return monthOf(day) === wantedMonth(test.bound, moment);
    case 'inTheLastDays':
      return ahead <= 0 && -ahead < test.bound;
    case 'inTheNextDays':
      return ahead >= 0 && ahead < test.bound;
  }
}

/** 1 to 12. */
const monthOf = (day: number): number => new Date(day * 24 * 60 * 60 * 1000).getUTCMonth() + 1;

function wantedMonth(bound: 'this' | 'next' | number, moment: Moment): number {
  if (typeof bound === 'number') return bound;
  const month = monthOf(today(moment));
  return bound === 'this' ? month : (month % 12) + 1;
}
