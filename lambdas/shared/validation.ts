import { inWords } from './depth.ts';
import { invalid, type Problem } from './errors.ts';
import { nearest } from './nearest.ts';

/** The shape of ajv's errors that messages are made from. */
export interface SchemaError {
  instancePath: string;
  keyword: string;
  message?: string;
  /** Set on what `propertyNames` says of one name. */
  propertyName?: string;
  params: Record<string, unknown>;
}

/** A validator compiled ahead of time from schemas/ (`npm run generate`). */
export interface Validator<T> {
  (value: unknown): value is T;
  errors?: SchemaError[] | null;
}

const path = (pointer: string): string => pointer.slice(1).replaceAll('/', '.');
const join = (parent: string, name: string): string => (parent === '' ? name : `${parent}.${name}`);

function problemOf(error: SchemaError, value: unknown, parent: string): Problem {
  const within = path(error.instancePath);
  const at = within === '' ? parent : join(parent, within);
  const params = error.params;
  switch (error.keyword) {
    case 'required': {
      const field = join(at, String(params['missingProperty']));
      return { field, message: `${field} is missing` };
    }
    case 'additionalProperties':
    case 'unevaluatedProperties': {
      const field = join(at, String(params['additionalProperty'] ?? params['unevaluatedProperty']));
      return { field, message: `${field} is not a known field` };
    }
    case 'propertyNames': {
      const field = join(at, String(params['propertyName']));
      return { field, message: `${field} is not an allowed name` };
    }
    case 'enum':
      return {
        field: at,
        message: `${at} is ${shown(value, within)}; allowed: ${(params['allowedValues'] as unknown[]).join(', ')}`,
      };
    case 'type': {
      const types = [params['type']].flat().join(' or ');
      return { field: at, message: `${at || 'the body'} must be ${types}${suffix(value, within)}` };
    }
    default:
      return {
        field: at,
        message: `${at || 'the body'} ${error.message ?? 'is wrong'}${suffix(value, within)}`,
      };
  }
}

function valueAt(value: unknown, at: string): unknown {
  if (at === '') return value;
  return at
    .split('.')
    .reduce<unknown>((node, key) => (node as Record<string, unknown> | undefined)?.[key], value);
}

const shown = (value: unknown, at: string): string => inWords(valueAt(value, at));

function suffix(value: unknown, at: string): string {
  const found = valueAt(value, at);
  return found === undefined || typeof found === 'object' ? '' : ` (was ${shown(value, at)})`;
}

/** The problems of `value`, as a caller can act on them; empty when it is valid. `parent` is where `value` lies in the body. */
export function problemsOf<T>(validator: Validator<T>, value: unknown, parent = ''): Problem[] {
  if (validator(value)) return [];
  const errors = validator.errors ?? [];
  // `anyOf`, `oneOf` and `if` only repeat what their branches already said.
  const telling = errors.filter(
    ({ keyword, propertyName }) =>
      !['anyOf', 'oneOf', 'if', 'not'].includes(keyword) && propertyName === undefined,
  );
  const problems = (telling.length > 0 ? telling : errors).map((error) => problemOf(error, value, parent));
  return [...new Map(problems.map((problem) => [problem.message, problem])).values()];
}

/** Returns `value` as its type, or throws a validation error that names every problem at once. */
export function check<T>(validator: Validator<T>, value: unknown): T {
  const problems = problemsOf(validator, value);
  if (problems.length > 0) throw invalid(problems);
  return value as T;
}

/** "…; nearest: a, b" or "", for messages about unknown names. */
export function suggestion(name: string, known: Iterable<string>): string {
  const names = nearest(name, known);
  return names.length === 0 ? '' : `; nearest: ${names.join(', ')}`;
}
