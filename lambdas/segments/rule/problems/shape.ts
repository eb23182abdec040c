import * as requests from '../../../../schemas/segments/generated/requests.js';
import { inWords } from '../../../shared/depth.ts';
import type { Problem } from '../../../shared/errors.ts';
import { nearest } from '../../../shared/nearest.ts';
import { problemsOf, suggestion, type Validator } from '../../../shared/validation.ts';

const OPERATORS = ['is', 'isNot', 'in', 'atLeast', 'atMost', 'contains', 'exists'] as const;
const DATES = ['inMonth', 'inTheLastDays', 'inTheNextDays'] as const;
const WINDOW = ['inTheLastDays', 'inTheLastHours', 'between'] as const;

/** A form of rule: the field that tells it, all it may have, and its schema. */
export interface Form {
  readonly marks: readonly string[];
  readonly fields: readonly string[];
  readonly validate: Validator<unknown>;
  /** Exactly one of them is needed. */
  readonly operators: readonly string[];
}

const form = (
  marks: readonly string[],
  more: readonly string[],
  validate: Validator<unknown>,
  operators: readonly string[] = [],
): Form => ({ marks, fields: [...marks, ...operators, ...more], validate, operators });

export const FORMS = {
  group: form(['all', 'any', 'none'], [], requests.validateRuleGroup),
  attribute: form(['attribute'], [], requests.validateAttributeCondition, [...OPERATORS, ...DATES]),
  behaviour: form(
    ['did', 'didNot'],
    ['where', 'times', 'then', 'within', ...WINDOW],
    requests.validateBehaviourCondition,
  ),
  edge: form(['first', 'mostRecent'], ['where', ...WINDOW], requests.validateEdgeCondition),
  computed: form(['computed'], [...WINDOW], requests.validateComputedCondition, [...OPERATORS, 'topPercent']),
  segment: form(['segment'], [], requests.validateSegmentCondition),
  list: form(['list'], [], requests.validateListCondition),
  sql: form(['sql'], [], requests.validateSqlCondition),
  preset: form(['preset'], ['with'], requests.validatePresetCondition),
} as const;
export type FormName = keyof typeof FORMS;

/** A condition on a property, within `where`. */
export const PROPERTY: Form = form(['property'], [], requests.validatePropertyCondition, OPERATORS);

/** What may stand in the parts of a condition. */
const PARTS: ReadonlyMap<string, readonly string[]> = new Map([
  ['where', PROPERTY.fields],
  ['times', ['atLeast', 'atMost']],
  ['then', ['did', 'didNot', 'where']],
  ['within', ['minutes', 'hours', 'days']],
  ['between', ['from', 'to']],
]);

const MARKS = Object.values(FORMS).flatMap(({ marks }) => marks);

/** Which form the fields say it is, or what is wrong with that. */
export function formOf(value: object, at: string): FormName | Problem {
  const keys = Object.keys(value);
  const found = (Object.keys(FORMS) as FormName[]).filter((name) =>
    FORMS[name].marks.some((mark) => keys.includes(mark)),
  );
  const [only, ...others] = found;
  if (only === undefined) {
    const close = keys.flatMap((key) => nearest(key, MARKS, 1));
    const hint = close.length === 0 ? '' : `; nearest: ${close.join(', ')}`;
    return { field: at, message: `${at} needs one of ${MARKS.join(', ')}${hint}` };
  }
  const marks = FORMS[only].marks.filter((mark) => keys.includes(mark));
  if (others.length === 0 && (marks.length === 1 || only === 'behaviour')) return only;
  const both = MARKS.filter((mark) => keys.includes(mark)).join(' and ');
  return {
    field: at,
    message: `${at} has ${both}: those are conditions of their own; put them into all, any or none`,
  };
}

/** What the schema says, with the fields that are allowed named where one is not. */
export function shapeProblems({ validate, fields }: Form, value: unknown, at: string): Problem[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return [{ field: at, message: `${at} is ${inWords(value)}; allowed: an object` }];
  return problemsOf(validate, value, at).map(({ field, message }) => {
    const path = field.slice(at.length + 1).split('.');
    const name = path.pop() ?? '';
    const around = path.findLast((part) => PARTS.has(part));
    const allowed = around === undefined ? fields : (PARTS.get(around) ?? []);
    if (!message.endsWith('is not a known field')) return { field, message };
    return { field, message: `${message}${suggestion(name, allowed)}; allowed: ${allowed.join(', ')}` };
  });
}

/** Nothing when exactly one operator is there. */
export function operatorProblems({ operators }: Form, value: object, at: string): Problem[] {
  const used = operators.filter((operator) => Object.hasOwn(value, operator));
  if (used.length === 1) return [];
  const found = used.length === 0 ? 'none' : used.join(', ');
  return [{ field: at, message: `${at} needs exactly one of ${operators.join(', ')} (has ${found})` }];
}
