import attributeCondition from '../../../../schemas/segments/attribute-condition.request.json' with {
  type: 'json',
};
import behaviourCondition from '../../../../schemas/segments/behaviour-condition.request.json' with {
  type: 'json',
};
import computedCondition from '../../../../schemas/segments/computed-condition.request.json' with {
  type: 'json',
};
import edgeCondition from '../../../../schemas/segments/edge-condition.request.json' with { type: 'json' };
import * as requests from '../../../../schemas/segments/generated/requests.js';
import listCondition from '../../../../schemas/segments/list-condition.request.json' with { type: 'json' };
import presetCondition from '../../../../schemas/segments/preset-condition.request.json' with {
  type: 'json',
};
import propertyCondition from '../../../../schemas/segments/property-condition.request.json' with {
  type: 'json',
};
import ruleGroup from '../../../../schemas/segments/rule-group.request.json' with { type: 'json' };
import segmentCondition from '../../../../schemas/segments/segment-condition.request.json' with {
  type: 'json',
};
import sqlCondition from '../../../../schemas/segments/sql-condition.request.json' with { type: 'json' };
import { inWords } from '../../../shared/depth.ts';
import type { Problem } from '../../../shared/errors.ts';
import { nearest } from '../../../shared/nearest.ts';
import { problemsOf, suggestion, type Validator } from '../../../shared/validation.ts';
import { allowedAt, type ValueSchema } from './allowed.ts';
import { DATE_BOUND } from './bounds.ts';

const OPERATORS = ['is', 'isNot', 'in', 'atLeast', 'atMost', 'contains', 'exists'] as const;
const DATES = ['inMonth', 'inTheLastDays', 'inTheNextDays'] as const;
const MOST_SAID = 70;
const WINDOW = ['inTheLastDays', 'inTheLastHours', 'between'] as const;

/** A form of rule: the field that tells it, all it may have, and its schema. */
export interface Form {
  readonly marks: readonly string[];
  readonly fields: readonly string[];
  readonly validate: Validator<unknown>;
  readonly schema: ValueSchema;
  /** Exactly one of them is needed. */
  readonly operators: readonly string[];
}

const form = (
  marks: readonly string[],
  more: readonly string[],
  validate: Validator<unknown>,
  schema: ValueSchema,
  operators: readonly string[] = [],
): Form => ({ marks, fields: [...marks, ...operators, ...more], validate, schema, operators });

export const FORMS = {
  group: form(['all', 'any', 'none'], [], requests.validateRuleGroup, ruleGroup),
  attribute: form(['attribute'], [], requests.validateAttributeCondition, attributeCondition, [
    ...OPERATORS,
    ...DATES,
  ]),
  behaviour: form(
    ['did', 'didNot'],
    ['where', 'times', 'then', 'within', ...WINDOW],
    requests.validateBehaviourCondition,
    behaviourCondition,
  ),
  edge: form(['first', 'mostRecent'], ['where', ...WINDOW], requests.validateEdgeCondition, edgeCondition),
  computed: form(['computed'], [...WINDOW], requests.validateComputedCondition, computedCondition, [
    ...OPERATORS,
    'topPercent',
  ]),
  segment: form(['segment'], [], requests.validateSegmentCondition, segmentCondition),
  list: form(['list'], [], requests.validateListCondition, listCondition),
  sql: form(['sql'], [], requests.validateSqlCondition, sqlCondition),
  preset: form(['preset'], ['with'], requests.validatePresetCondition, presetCondition),
} as const;
export type FormName = keyof typeof FORMS;

/** A condition on a property, within `where`. */
export const PROPERTY: Form = form(
  ['property'],
  [],
  requests.validatePropertyCondition,
  propertyCondition,
  OPERATORS,
);

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

/** What the schema says: one problem a place, with the fields that are allowed where one is not, and else with the values. */
export function shapeProblems(form: Form, value: unknown, at: string): Problem[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return [{ field: at, message: `${at} is ${inWords(value)}; allowed: an object` }];
  const told = problemsOf(form.validate, value, at).map((problem) => inOneSentence(form, value, at, problem));
  return [...new Map(told.map((problem) => [problem.field, problem])).values()];
}

function inOneSentence(form: Form, value: object, at: string, { field, message }: Problem): Problem {
  const path = field.slice(at.length + 1).split('.');
  if (message.endsWith('is missing')) return { field, message };
  if (!message.endsWith('is not a known field')) {
    const allowed = valuesAt(form, path);
    return {
      field,
      message: allowed === undefined ? message : `${field} is ${said(value, path)}; allowed: ${allowed}`,
    };
  }
  const name = path.pop() ?? '';
  const around = path.findLast((part) => PARTS.has(part));
  const allowed = around === undefined ? form.fields : (PARTS.get(around) ?? []);
  return { field, message: `${message}${suggestion(name, allowed)}; allowed: ${allowed.join(', ')}` };
}

/** The schema takes dates for texts, and leaves it to the condition whether it takes any. */
function valuesAt({ schema, operators }: Form, path: readonly string[]): string | undefined {
  const [name = '', around] = path.toReversed();
  if ((name !== 'atLeast' && name !== 'atMost') || around === 'times') return allowedAt(schema, path);
  return operators.includes('inMonth') ? DATE_BOUND : 'a number';
}

function said(value: object, path: readonly string[]): string {
  const found = path.reduce<unknown>(
    (node, key) => (node as Record<string, unknown> | undefined)?.[key],
    value,
  );
  if (Array.isArray(found)) return `a list of ${found.length}`;
  if (typeof found === 'string' && found.length > MOST_SAID)
    return `a text of ${[...found].length} characters`;
  return inWords(found);
}

/** Nothing when exactly one operator is there. */
export function operatorProblems({ operators }: Form, value: object, at: string): Problem[] {
  const used = operators.filter((operator) => Object.hasOwn(value, operator));
  if (used.length === 1) return [];
  const found = used.length === 0 ? 'none' : used.join(', ');
  return [{ field: at, message: `${at} needs exactly one of ${operators.join(', ')} (has ${found})` }];
}
