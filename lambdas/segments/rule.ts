import {
  validateAttributeCondition,
  validateBehaviourCondition,
} from '../../schemas/segments/generated/requests.js';
import { invalid, type Problem } from '../shared/errors.ts';
import { isStorable, STORABLE } from '../shared/storable-number.ts';
import { problemsOf, suggestion, type Validator } from '../shared/validation.ts';

type Scalar = string | number | boolean;

/** A condition on one attribute of the member, with exactly one operator. */
export type AttributeCondition = { readonly attribute: string } & (
  | { readonly is: Scalar }
  | { readonly isNot: Scalar }
  | { readonly atLeast: string | number }
  | { readonly atMost: string | number }
  | { readonly contains: string }
  | { readonly exists: boolean }
);

/** Did one event, and did not do another, within a window of days (24 hours each) that ends now. */
export interface BehaviourCondition {
  readonly did: string;
  readonly didNot?: string;
  readonly inTheLastDays: number;
}

export type Condition = AttributeCondition | BehaviourCondition;

/** Who is in a segment (spec §3). A rule is one condition today; groups (`all`, `any`, `none`) will hold rules. */
export type Rule = Condition;

const OPERATORS = ['is', 'isNot', 'atLeast', 'atMost', 'contains', 'exists'] as const;
const GROUPS = ['all', 'any', 'none'] as const;

export const isBehaviour = (rule: Rule): rule is BehaviourCondition => 'did' in rule;

/** A calendar day or an instant, as epoch milliseconds; undefined when the text is neither. */
export function dateMs(text: string): number | undefined {
  if (!/^\d{4}-\d\d-\d\d(T.*(Z|[+-]\d\d:?\d\d))?$/.test(text)) return undefined;
  const ms = Date.parse(text);
  return Number.isNaN(ms) ? undefined : ms;
}

/**
 * Reads a rule as a caller wrote it. `eventNames` are the tracking plan's. Throws a validation error that names
 * every problem with its path under `at`.
 */
export function parseRule(value: unknown, eventNames: readonly string[], at = 'rule'): Rule {
  const keys = Object.keys((value ?? {}) as object);
  const group = GROUPS.find((name) => keys.includes(name));
  if (group !== undefined) {
    throw invalid([
      { field: `${at}.${group}`, message: `${at}.${group} cannot be used yet: give exactly one condition` },
    ]);
  }
  const problems = keys.includes('attribute')
    ? attributeProblems(value, at)
    : keys.some((key) => key === 'did' || key === 'didNot')
      ? behaviourProblems(value, eventNames, at)
      : [{ field: at, message: `${at} needs "attribute" or "did"` }];
  if (problems.length > 0) throw invalid(problems);
  return value as Rule;
}

const located = <T>(validator: Validator<T>, value: unknown, at: string): Problem[] =>
  problemsOf(validator, value).map(({ field, message }) =>
    field === ''
      ? { field: at, message: message.replace('the body', at) }
      : { field: `${at}.${field}`, message: `${at}.${message}` },
  );

function attributeProblems(value: unknown, at: string): Problem[] {
  const problems = located(validateAttributeCondition, value, at);
  if (problems.length > 0) return problems;
  const condition = value as Record<string, unknown>;
  const used = OPERATORS.filter((operator) => condition[operator] !== undefined);
  if (used.length !== 1) {
    const found = used.length === 0 ? 'none' : used.join(', ');
    return [{ field: at, message: `${at} needs exactly one of ${OPERATORS.join(', ')} (has ${found})` }];
  }
  return OPERATORS.flatMap((operator) => {
    const bound = condition[operator];
    if (typeof bound === 'number' && !isStorable(bound)) {
      const field = `${at}.${operator}`;
      return [{ field, message: `${field} is ${bound}; allowed: ${STORABLE}` }];
    }
    if (operator !== 'atLeast' && operator !== 'atMost') return [];
    if (typeof bound !== 'string' || dateMs(bound) !== undefined) return [];
    const field = `${at}.${operator}`;
    return [
      {
        field,
        message: `${field} is "${bound}"; allowed: a number, YYYY-MM-DD, or an ISO 8601 time with zone`,
      },
    ];
  });
}

function behaviourProblems(value: unknown, eventNames: readonly string[], at: string): Problem[] {
  const problems = located(validateBehaviourCondition, value, at);
  if (problems.length > 0) return problems;
  const condition = value as Record<string, unknown>;
  return (['did', 'didNot'] as const).flatMap((key) => {
    const name = condition[key];
    if (typeof name !== 'string' || eventNames.includes(name)) return [];
    const message = `${at}.${key}: the tracking plan has no event "${name}"${suggestion(name, eventNames)}`;
    return [{ field: `${at}.${key}`, message }];
  });
}
