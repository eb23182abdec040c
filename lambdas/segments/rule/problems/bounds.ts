import { inWords } from '../../../shared/depth.ts';
import type { Problem } from '../../../shared/errors.ts';
import { dateOf, dayNumber } from '../../../shared/iso-date.ts';
import { isStorable, STORABLE } from '../../../shared/storable-number.ts';
import type { Scalar, ValueTest } from '../test.ts';

/** U+0000 has no place in SQL, and half a surrogate pair none in UTF-8. */
const UNSAYABLE = /[\0\p{Cs}]/u;

/** A text that cannot be asked for anywhere; undefined when it can. */
export const textProblem = (text: string, field: string): Problem | undefined =>
  UNSAYABLE.test(text)
    ? { field, message: `${field} holds a character that is none (U+0000, or half a surrogate pair)` }
    : undefined;

function scalarProblem(bound: unknown, field: string): Problem | undefined {
  if (typeof bound === 'string') return textProblem(bound, field);
  if (typeof bound === 'number' && !isStorable(bound))
    return { field, message: `${field} is ${bound}; allowed: ${STORABLE}` };
  return undefined;
}

/** What no store or statement could hold, in a bound or the bounds of `in`. */
export function boundProblems({ operator, bound }: ValueTest, at: string): Problem[] {
  const field = `${at}.${operator}`;
  const bounds: readonly unknown[] = Array.isArray(bound) ? bound : [bound];
  return bounds.flatMap(
    (one, index) => scalarProblem(one, Array.isArray(bound) ? `${field}.${index}` : field) ?? [],
  );
}

export const DATE_BOUND = 'a number, YYYY-MM-DD, or an ISO 8601 time with zone';

/** `atLeast` and `atMost` of attributes take numbers and dates. */
export function dateBoundProblems({ operator, bound }: ValueTest, at: string): Problem[] {
  if ((operator !== 'atLeast' && operator !== 'atMost') || typeof bound !== 'string') return [];
  return dateOf(bound) === undefined ? [noDate(bound, `${at}.${operator}`, DATE_BOUND)] : [];
}

/** A day as it is written, or what is wrong with it. */
export const dayProblem = (text: string, field: string): Problem | undefined =>
  dayNumber(text) === undefined ? noDate(text, field, 'YYYY-MM-DD') : undefined;

function noDate(text: string, field: string, allowed: string): Problem {
  const missing = /^\d{4}-\d\d-\d\d/.test(text) && dayNumber(text.slice(0, 10)) === undefined;
  const why = missing ? ', a day that does not exist' : '';
  return { field, message: `${field} is ${inWords(text)}${why}; allowed: ${allowed}` };
}

/** What of a kind of value a bound must be, where there is only one kind. */
export function kindProblems(
  { operator, bound }: ValueTest,
  kind: 'number' | 'string',
  at: string,
): Problem[] {
  if (operator === 'exists') return [];
  const words = kind === 'number' ? 'a number' : 'a text';
  const bounds: readonly Scalar[] = Array.isArray(bound) ? bound : [bound as Scalar];
  return bounds.some((one) => typeof one !== kind)
    ? [{ field: `${at}.${operator}`, message: `${at}.${operator} is ${inWords(bound)}; allowed: ${words}` }]
    : [];
}
