import { suggestion } from '../../shared/validation.ts';
import { type Schema, type Shape, shapeOf } from './shape.ts';

/** Collects what is wrong with one request, so that the caller learns all of it at once. */
export type Report = (problem: string) => void;

const SHOWN = 80;
const shown = (value: unknown): string => {
  const text = JSON.stringify(value) ?? 'missing';
  return text.length > SHOWN ? `${text.slice(0, SHOWN)}…` : text;
};
const join = (path: string, name: string): string => (path === '' ? name : `${path}.${name}`);
const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

const EXPECTED: Readonly<Record<Shape['kind'], string>> = {
  string: 'a string',
  number: 'a number',
  boolean: 'true or false',
  timestamp: 'an ISO 8601 date and time such as 2026-11-01T09:00:00Z',
  blob: 'base64 text',
  unit: 'nothing',
  list: 'a list',
  map: 'an object',
  structure: 'an object',
};

const BASE64 = /^(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?$/;
const TIMESTAMP = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/;

/** The simple types as the client's own: a timestamp becomes a Date, a blob bytes; undefined when the type is wrong. */
function simple(kind: Shape['kind'], value: unknown): unknown {
  switch (kind) {
    case 'string':
      return typeof value === 'string' ? value : undefined;
    case 'number':
      return typeof value === 'number' ? value : undefined;
    case 'boolean':
      return typeof value === 'boolean' ? value : undefined;
    case 'timestamp':
      return typeof value === 'string' && TIMESTAMP.test(value) && !Number.isNaN(Date.parse(value))
        ? new Date(value)
        : undefined;
    case 'blob':
      return typeof value === 'string' && BASE64.test(value)
        ? Uint8Array.from(atob(value), (char) => char.charCodeAt(0))
        : undefined;
    default:
      return undefined;
  }
}

/**
 * Returns a JSON value as the client's type of `schema`, reporting each wrong type, missing required member and
 * unknown member by its path. `null` members count as absent, as the client itself reads them.
 */
export function checked(schema: Schema, value: unknown, path: string, report: Report): unknown {
  const shape = shapeOf(schema);
  const wrong = () => report(`${path || 'The body'} is ${shown(value)}; expected ${EXPECTED[shape.kind]}`);
  switch (shape.kind) {
    case 'structure':
      return isRecord(value) ? structure(shape, value, path, report) : wrong();
    case 'list':
      return Array.isArray(value)
        ? value.map((each, index) => checked(shape.of, each, `${path}[${index}]`, report))
        : wrong();
    case 'map':
      return isRecord(value) ? map(shape.of, value, path, report) : wrong();
    default: {
      const result = simple(shape.kind, value);
      return result === undefined ? wrong() : result;
    }
  }
}

const present = (value: Record<string, unknown>): [string, unknown][] =>
  Object.entries(value).filter(([, each]) => each !== null);

/** No object keeps a member of this name as one of its own, wherever it goes. */
const UNKEPT_NAME = '__proto__';

function map(of: Schema, value: Record<string, unknown>, path: string, report: Report) {
  const entries = present(value);
  if (Object.hasOwn(value, UNKEPT_NAME)) report(`${join(path, UNKEPT_NAME)} is no name that can be kept`);
  return Object.fromEntries(entries.map(([key, each]) => [key, checked(of, each, join(path, key), report)]));
}

function structure(
  shape: Extract<Shape, { kind: 'structure' }>,
  value: Record<string, unknown>,
  path: string,
  report: Report,
) {
  const members = [...shape.members.values()];
  const byWireName = new Map(members.map((member) => [member.wireName, member]));
  const result: Record<string, unknown> = {};
  for (const [key, each] of present(value)) {
    const member = byWireName.get(key);
    if (member) result[member.name] = checked(member.schema, each, join(path, key), report);
    else report(`${join(path, key)} is not a member of ${shape.name}${suggestion(key, byWireName.keys())}`);
  }
  for (const member of members) {
    if (member.required && (value[member.wireName] ?? null) === null) {
      report(`${join(path, member.wireName)} is missing`);
    }
  }
  return result;
}

/** A query parameter as its schema's type: repeated keys make a list, `true` and `false` a boolean. */
export function queryValue(schema: Schema, values: readonly string[], name: string, report: Report): unknown {
  const shape = shapeOf(schema);
  if (shape.kind === 'list') return values;
  const value = values.at(-1) ?? '';
  const json = shape.kind === 'boolean' && /^(true|false)$/.test(value) ? value === 'true' : value;
  return checked(schema, json, name, report);
}

/** The JSON form of an output: wire names, dates as ISO 8601 in UTC, bytes as base64; absent members stay out. */
export function written(schema: Schema, value: unknown): unknown {
  if (value === undefined || value === null) return undefined;
  if (value instanceof Date) return value.toISOString();
  if (value instanceof Uint8Array) return btoa(String.fromCharCode(...value));
  const shape = shapeOf(schema);
  if (shape.kind === 'list') return (value as unknown[]).map((each) => written(shape.of, each));
  if (shape.kind === 'map')
    return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, written(shape.of, each)]));
  if (shape.kind !== 'structure') return value;
  const members = [...shape.members.values()];
  return Object.fromEntries(
    members.map((member) => [
      member.wireName,
      written(member.schema, (value as Record<string, unknown>)[member.name]),
    ]),
  );
}
