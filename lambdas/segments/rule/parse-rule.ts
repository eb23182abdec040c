import { deeperThan, inWords } from '../../shared/depth.ts';
import { invalid, type Problem, RepointError } from '../../shared/errors.ts';
import { suggestion } from '../../shared/validation.ts';
import { expandPreset } from '../presets/expand-preset.ts';
import type { Known } from './known.ts';
import { behaviourProblems, edgeProblems } from './problems/behaviour.ts';
import { FORMS, type FormName, formOf, operatorProblems, shapeProblems } from './problems/shape.ts';
import { attributeProblems, computedProblems } from './problems/values.ts';
import type {
  AttributeCondition,
  BehaviourCondition,
  ComputedCondition,
  EdgeCondition,
  PresetCondition,
  Rule,
} from './rule.ts';

/** Groups within groups; whoever walks a rule recurses. */
const MAX_DEPTH = 50;
/** A group is an object and a list, a condition has a few levels of its own. */
const MAX_JSON_DEPTH = 2 * MAX_DEPTH + 5;
/** A row of DynamoDB holds 400 KB. */
const MAX_CHARACTERS = 100_000;

/**
 * Reads a rule as a caller wrote it (docs/segments.md). Throws a validation error that names every problem with its path
 * under `at`, and what is allowed there.
 */
export function parseRule(value: unknown, known: Known, at = 'rule'): Rule {
  const problems = sizeProblems(value, at);
  if (problems.length === 0) problems.push(...ruleProblems(value, known, at));
  if (problems.length > 0) throw invalid([...new Map(problems.map((one) => [one.message, one])).values()]);
  return value as Rule;
}

function sizeProblems(value: unknown, at: string): Problem[] {
  if (deeperThan(value, MAX_JSON_DEPTH)) return [tooDeep(at)];
  const { length } = JSON.stringify(value) ?? '';
  return length <= MAX_CHARACTERS
    ? []
    : [{ field: at, message: `${at} has ${length} characters; allowed: up to ${MAX_CHARACTERS}` }];
}

const tooDeep = (at: string): Problem => ({
  field: at,
  message: `${at} has groups nested more than ${MAX_DEPTH} deep; allowed: up to ${MAX_DEPTH}`,
});

/** `around`: groups around it. */
function ruleProblems(value: unknown, known: Known, at: string, around = 0): Problem[] {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return [{ field: at, message: `${at} is ${inWords(value)}; allowed: an object` }];
  const form = formOf(value, at);
  if (typeof form === 'object') return [form];
  if (form === 'group')
    return around < MAX_DEPTH ? groupProblems(value, known, at, around) : [tooDeep(at.split('.')[0] ?? at)];
  const shape = [...shapeProblems(FORMS[form], value, at)];
  if (FORMS[form].operators.length > 0) shape.push(...operatorProblems(FORMS[form], value, at));
  return shape.length > 0 ? shape : conditionProblems(form, value, known, at);
}

function groupProblems(value: object, known: Known, at: string, around: number): Problem[] {
  const shape = shapeProblems(FORMS.group, value, at).filter(({ field }) => !/\.\d+$/.test(field));
  const members = Object.entries(value).flatMap(([kind, of]) =>
    Array.isArray(of)
      ? of.flatMap((one: unknown, index) => ruleProblems(one, known, `${at}.${kind}.${index}`, around + 1))
      : [],
  );
  return [...shape, ...members];
}

function conditionProblems(
  form: Exclude<FormName, 'group'>,
  value: object,
  known: Known,
  at: string,
): Problem[] {
  switch (form) {
    case 'attribute':
      return attributeProblems(value as AttributeCondition, known, at);
    case 'behaviour':
      return behaviourProblems(value as BehaviourCondition, known, at);
    case 'edge':
      return edgeProblems(value as EdgeCondition, known, at);
    case 'computed':
      return computedProblems(value as ComputedCondition, known, at);
    case 'segment':
      return unknownName(
        'segment',
        (value as { segment: string }).segment.normalize('NFC'),
        known.segments,
        at,
      );
    case 'list':
      return unknownName('list', (value as { list: string }).list, known.lists, at);
    case 'sql':
      return (known.checkSql?.((value as { sql: string }).sql) ?? []).map(({ message }) => ({
        field: `${at}.sql`,
        message: `${at}.sql: ${message}`,
      }));
    case 'preset':
      return presetProblems(value as PresetCondition, known, at);
  }
}

function unknownName(
  kind: 'segment' | 'list',
  name: string,
  names: readonly string[] | undefined,
  at: string,
): Problem[] {
  if (names === undefined || names.includes(name)) return [];
  const field = `${at}.${kind}`;
  return [{ field, message: `${field}: there is no ${kind} "${name}"${suggestion(name, names)}` }];
}

/** What is wrong with its parameters; then what is wrong with the rule they make, told at the preset. */
function presetProblems(condition: PresetCondition, known: Known, at: string): Problem[] {
  try {
    const rule = expandPreset(condition, at);
    return ruleProblems(rule, known, at).map(({ message }) => ({
      field: at,
      message: `${at}: preset "${condition.preset}" makes a rule in which ${message}`,
    }));
  } catch (error) {
    if (error instanceof RepointError && error.code === 'validation') return [...error.problems];
    throw error;
  }
}
