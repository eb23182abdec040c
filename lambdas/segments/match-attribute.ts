import { type AttributeCondition, dateMs } from './rule.ts';

/** A member's attribute: text (dates are ISO 8601 text), number, truth, or a list of texts. */
export type AttributeValue = string | number | boolean | readonly string[];

/** Whether a member with this value (undefined: without the attribute) meets the condition (spec §3, conditions on attributes). */
export function matchesAttribute(condition: AttributeCondition, value: AttributeValue | undefined): boolean {
  if ('exists' in condition) return (value !== undefined) === condition.exists;
  if ('isNot' in condition) return !is(value, condition.isNot);
  if (value === undefined) return false;
  if ('is' in condition) return is(value, condition.is);
  if ('contains' in condition) return contains(value, condition.contains);
  if ('atLeast' in condition) return compared(value, condition.atLeast, (order) => order >= 0);
  return compared(value, condition.atMost, (order) => order <= 0);
}

const is = (value: AttributeValue | undefined, wanted: string | number | boolean): boolean =>
  Array.isArray(value) ? value.includes(wanted) : value === wanted;

const contains = (value: AttributeValue, part: string): boolean =>
  typeof value === 'string' || Array.isArray(value) ? value.includes(part) : false;

/** Numbers compare with numbers and dates with dates; anything else is no match rather than a guess. */
function compared(value: AttributeValue, bound: string | number, holds: (order: number) => boolean): boolean {
  if (typeof value === 'number' && typeof bound === 'number') return holds(value - bound);
  if (typeof value !== 'string' || typeof bound !== 'string') return false;
  const [at, limit] = [dateMs(value), dateMs(bound)];
  return at !== undefined && limit !== undefined && holds(at - limit);
}
