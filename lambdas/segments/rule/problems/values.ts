import type { Problem } from '../../../shared/errors.ts';
import { suggestion } from '../../../shared/validation.ts';
import type { Known } from '../known.ts';
import { onlyOperator, testOf } from '../operators.ts';
import type { ComputedValue } from '../plain.ts';
import type { AttributeCondition, ComputedCondition } from '../rule.ts';
import type { ValueTest } from '../test.ts';
import { boundProblems, dateBoundProblems, kindProblems, textProblem } from './bounds.ts';
import { windowProblems } from './window.ts';

/** An attribute nobody has, a bound that is none. */
export function attributeProblems(condition: AttributeCondition, known: Known, at: string): Problem[] {
  const test = testOf(condition);
  const { attribute } = condition;
  const field = `${at}.attribute`;
  const unsayable = textProblem(attribute, field);
  const names = known.attributes;
  const unknown =
    names === undefined || names.has(attribute)
      ? []
      : [
          {
            field,
            message: `${field}: no member has an attribute "${attribute}"${suggestion(attribute, names)}`,
          },
        ];
  const unstorable = boundProblems(test, at);
  const wrong = unstorable.length > 0 ? unstorable : dateBoundProblems(test, at);
  return [...(unsayable ? [unsayable] : unknown), ...wrong];
}

/** Which values have an end that is known, beside being numbers. */
const RANGES: Readonly<Partial<Record<ComputedValue, { from: number; to: number; why: string }>>> = {
  couponShare: { from: 0, to: 1, why: 'a share, 0 to 1' },
  recency: { from: 1, to: 5, why: 'a score, 1 to 5' },
  frequency: { from: 1, to: 5, why: 'a score, 1 to 5' },
  monetary: { from: 1, to: 5, why: 'a score, 1 to 5' },
};

/** An operator that the computed value does not have, a bound out of its range, a wrong window. */
export function computedProblems(condition: ComputedCondition, known: Known, at: string): Problem[] {
  return [...computedTestProblems(condition, at), ...windowProblems(condition, known, at)];
}

function computedTestProblems(condition: ComputedCondition, at: string): Problem[] {
  const { computed } = condition;
  const isText = computed === 'preferredCategory';
  if ('topPercent' in condition)
    return isText ? [notWith('topPercent', computed, 'is a text, which has no highest', at)] : [];
  const test = testOf(onlyOperator(condition));
  if (isText && (test.operator === 'atLeast' || test.operator === 'atMost'))
    return [notWith(test.operator, computed, 'is a text; allowed: is, isNot, in, contains, exists', at)];
  if (!isText && test.operator === 'contains')
    return [
      notWith(
        'contains',
        computed,
        'is a number; allowed: is, isNot, in, atLeast, atMost, exists, topPercent',
        at,
      ),
    ];
  const kind = kindProblems(test, isText ? 'string' : 'number', at);
  if (kind.length > 0) return kind;
  const outside = rangeProblems(computed, test, at);
  return outside.length > 0 ? outside : boundProblems(test, at);
}

const notWith = (operator: string, computed: string, why: string, at: string): Problem => ({
  field: `${at}.${operator}`,
  message: `${at}.${operator} cannot be asked of ${computed}: it ${why}`,
});

function rangeProblems(computed: ComputedValue, { operator, bound }: ValueTest, at: string): Problem[] {
  const range = RANGES[computed];
  if (range === undefined) return [];
  const isOutside = (one: unknown) => typeof one === 'number' && (one < range.from || one > range.to);
  const bounds: readonly unknown[] = Array.isArray(bound) ? bound : [bound];
  return bounds.flatMap((one, index) => {
    const field = Array.isArray(bound) ? `${at}.${operator}.${index}` : `${at}.${operator}`;
    return isOutside(one)
      ? [{ field, message: `${field} is ${String(one)}; allowed: ${computed} is ${range.why}` }]
      : [];
  });
}
