import { inWords } from '../../shared/depth.ts';
import { invalid, type Problem } from '../../shared/errors.ts';
import { suggestion } from '../../shared/validation.ts';
import type { PresetCondition, Rule } from '../rule/rule.ts';
import type { Scalar } from '../rule/test.ts';
import { PRESETS } from './all.ts';
import type { Parameter, Preset } from './preset.ts';

/** The preset of that name; throws a validation error that names the nearest ones when there is none. */
export function presetOf(name: string, at = 'rule'): Preset {
  const preset = PRESETS.find((one) => one.name === name);
  if (preset !== undefined) return preset;
  const field = `${at}.preset`;
  const names = PRESETS.map((one) => one.name);
  throw invalid([
    {
      field,
      message: `${field}: there is no preset "${name}"${suggestion(name, names)}; allowed: ${names.join(', ')}`,
    },
  ]);
}

/**
 * The rule that a preset stands for with its parameters, defaults filled in. Throws a validation error, with paths under `at`, when
 * there is no such preset or its parameters are wrong. Whether days lie within what is kept, and an attribute is known, its rule tells.
 */
export function expandPreset(condition: PresetCondition, at = 'rule'): Rule {
  const preset = presetOf(condition.preset, at);
  const given = condition.with ?? {};
  const problems = [
    ...unknownParameters(preset, given, `${at}.with`),
    ...preset.parameters.flatMap((parameter) =>
      parameterProblems(parameter, given, `${at}.with.${parameter.name}`),
    ),
  ];
  if (problems.length > 0) throw invalid(problems);
  return filled(preset.rule, valuesOf(preset, given)) as Rule;
}

/** Each parameter's value, null for what is left out. */
export const valuesOf = (
  { parameters }: Preset,
  given: Readonly<Record<string, Scalar>>,
): ReadonlyMap<string, Scalar | null> =>
  new Map(
    parameters.map(({ name, default: usual = null }) => [
      name,
      Object.hasOwn(given, name) ? (given[name] ?? null) : usual,
    ]),
  );

function unknownParameters({ parameters }: Preset, given: object, at: string): Problem[] {
  const names = parameters.map(({ name }) => name);
  return Object.keys(given)
    .filter((name) => !names.includes(name))
    .map((name) => ({
      field: `${at}.${name}`,
      message: `${at}.${name} is no parameter of the preset${suggestion(name, names)}; allowed: ${names.join(', ')}`,
    }));
}

function parameterProblems(
  parameter: Parameter,
  given: Readonly<Record<string, Scalar>>,
  field: string,
): Problem[] {
  if (!Object.hasOwn(given, parameter.name))
    return parameter.default === undefined ? [{ field, message: `${field} is missing` }] : [];
  const value = given[parameter.name];
  return value !== undefined && fits(value, parameter)
    ? []
    : [{ field, message: `${field} is ${inWords(value)}; allowed: ${allowed(parameter)}` }];
}

function fits(value: Scalar, { type, min = -Infinity, max = Infinity }: Parameter): boolean {
  switch (type) {
    case 'integer':
    case 'number':
      return (
        typeof value === 'number' &&
        value >= min &&
        value <= max &&
        (type === 'number' || Number.isInteger(value))
      );
    case 'month':
      return (
        value === 'this' ||
        value === 'next' ||
        (Number.isInteger(value) && Number(value) >= 1 && Number(value) <= 12)
      );
    case 'text':
    case 'attribute':
      return typeof value === 'string' && value !== '';
  }
}

function allowed({ type, min, max }: Parameter): string {
  if (type === 'month') return 'this, next, or 1 to 12';
  if (type === 'text' || type === 'attribute') return 'a text';
  const words = type === 'integer' ? 'a whole number' : 'a number';
  if (min === undefined) return words;
  return max === undefined ? `${words} from ${min}` : `${words} from ${min} to ${max}`;
}

const parameterIn = (node: object): string | undefined =>
  'parameter' in node && typeof node.parameter === 'string' && Object.keys(node).length === 1
    ? node.parameter
    : undefined;

/** The rule with values in place of parameters; a field whose parameter is null is left out. */
function filled(node: unknown, values: ReadonlyMap<string, Scalar | null>): unknown {
  if (typeof node !== 'object' || node === null) return node;
  if (Array.isArray(node)) return node.map((one) => filled(one, values));
  const name = parameterIn(node);
  if (name !== undefined) return values.get(name) ?? null;
  const entries = Object.entries(node).map(([key, value]): [string, unknown] => [key, filled(value, values)]);
  return Object.fromEntries(entries.filter(([, value]) => value !== null));
}
