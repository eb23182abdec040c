import type { OperationName } from './operation.ts';

/** Where an input member travels. */
export type Place = 'label' | 'query' | 'payload' | 'body';

export interface Member {
  readonly name: string;
  /** The JSON key, or the query parameter's name. */
  readonly wireName: string;
  readonly place: Place;
  readonly required: boolean;
  readonly schema: Schema;
}

export type Shape =
  | { readonly kind: 'string' | 'number' | 'boolean' | 'timestamp' | 'blob' | 'unit' }
  | { readonly kind: 'list'; readonly of: Schema }
  | { readonly kind: 'map'; readonly of: Schema }
  | { readonly kind: 'structure'; readonly name: string; readonly members: ReadonlyMap<string, Member> };

/**
 * The client's own notation of a schema: a number for a simple type (64 and 128 make a list or map of it), a
 * function for a named one, `[schema, traits]` for a member, longer tuples for lists (1), maps (2) and structures (3).
 */
export type Schema = number | string | (() => Schema) | readonly unknown[];

/** `[9, namespace, name, { http: [method, uri, status] }, input, output]`. */
export type OperationSchema = readonly [
  9,
  string,
  OperationName,
  { readonly http: readonly [method: string, uri: string, status: number] },
  Schema,
  Schema,
];

const LIST = 64;
const MAP = 128;
const SIMPLE: Readonly<Record<number, 'string' | 'boolean' | 'number' | 'timestamp' | 'blob'>> = {
  0: 'string',
  1: 'number',
  2: 'boolean',
  4: 'timestamp',
  5: 'timestamp',
  21: 'blob',
};
/** Bits of a member's traits when they are a number. */
const HTTP_LABEL = 1;
const HTTP_PAYLOAD = 16;

function simple(code: number): Shape {
  if (code & MAP) return { kind: 'map', of: code & ~MAP };
  if (code & LIST) return { kind: 'list', of: code & ~LIST };
  const kind = SIMPLE[code];
  if (!kind) throw new Error(`The client has a type this engine does not know: ${code}`);
  return { kind };
}

const structures = new WeakMap<readonly unknown[], Shape>();

/** What a schema says. Structures are read once, on first use. */
export function shapeOf(schema: Schema): Shape {
  if (typeof schema === 'function') return shapeOf(schema());
  if (typeof schema === 'number') return simple(schema);
  if (typeof schema === 'string') return { kind: 'unit' };
  if (schema.length === 2) return shapeOf(schema[0] as Schema);
  switch (schema[0]) {
    case 1:
      return { kind: 'list', of: schema[4] as Schema };
    case 2:
      return { kind: 'map', of: schema[5] as Schema };
    case 3: {
      const known = structures.get(schema) ?? structure(schema);
      structures.set(schema, known);
      return known;
    }
    default:
      throw new Error(`The client has a schema this engine does not know: ${String(schema[0])}`);
  }
}

function structure(schema: readonly unknown[]): Shape {
  const names = schema[4] as readonly string[];
  const refs = schema[5] as readonly Schema[];
  const required = (schema[6] as number | undefined) ?? 0;
  const members = names.map((name, index) => member(name, refs[index] as Schema, index < required));
  return {
    kind: 'structure',
    name: schema[2] as string,
    members: new Map(members.map((each) => [each.name, each])),
  };
}

function member(name: string, schema: Schema, required: boolean): Member {
  const traits = Array.isArray(schema) && schema.length === 2 ? (schema[1] as Traits) : 0;
  if (typeof traits === 'number') {
    const place = traits & HTTP_LABEL ? 'label' : traits & HTTP_PAYLOAD ? 'payload' : 'body';
    return { name, wireName: name, place, required, schema };
  }
  return {
    name,
    wireName: traits.httpQuery ?? traits.jsonName ?? name,
    place: traits.httpQuery === undefined ? 'body' : 'query',
    required,
    schema,
  };
}

type Traits = number | { readonly httpQuery?: string; readonly jsonName?: string };

/** The members of an operation's input or output; none for an operation without one. */
export function membersOf(schema: Schema): readonly Member[] {
  const shape = shapeOf(schema);
  return shape.kind === 'structure' ? [...shape.members.values()] : [];
}
