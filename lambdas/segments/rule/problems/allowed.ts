/** What the schemas of conditions allow at a place, in words, so that a bad value gets one sentence whatever keywords it breaks. Pure. */
import operators from '../../../../schemas/segments/operators.request.json' with { type: 'json' };
import propertyCondition from '../../../../schemas/segments/property-condition.request.json' with {
  type: 'json',
};
import rule from '../../../../schemas/segments/rule.request.json' with { type: 'json' };
import window from '../../../../schemas/segments/window.request.json' with { type: 'json' };

/** As much of JSON Schema as the conditions use. */
export interface ValueSchema {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly ValueSchema[];
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, ValueSchema>>;
  readonly additionalProperties?: boolean | ValueSchema;
  readonly items?: ValueSchema;
  readonly minimum?: number;
  readonly exclusiveMinimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly maxProperties?: number;
}

/** Files that others point into. */
const FILES: Readonly<Record<string, ValueSchema>> = {
  'operators.request.json': operators,
  'property-condition.request.json': propertyCondition,
  'rule.request.json': rule,
  'window.request.json': window,
};

/** What may stand at `path` below a condition with this schema; undefined where it says nothing. */
export function allowedAt(schema: ValueSchema, path: readonly string[]): string | undefined {
  const place = path.reduce<ValueSchema | undefined>((at, name) => at && below(at, name), pointedAt(schema));
  return place && inWordsOf(place);
}

function below(schema: ValueSchema, name: string): ValueSchema | undefined {
  const { properties = {}, items, additionalProperties: others } = schema;
  const found = Object.hasOwn(properties, name) ? properties[name] : items;
  return pointedAt(found ?? (typeof others === 'object' ? others : undefined));
}

/** `file.json#/properties/is` and the like. */
function pointedAt(schema: ValueSchema | undefined): ValueSchema | undefined {
  if (schema?.$ref === undefined) return schema;
  const [file = '', place = ''] = schema.$ref.split('#');
  const names = place.split('/').slice(1);
  return names.reduce<unknown>(
    (at, name) => (at as Record<string, unknown> | undefined)?.[name],
    FILES[file],
  ) as ValueSchema | undefined;
}

function inWordsOf(schema: ValueSchema): string | undefined {
  if (schema.enum) return schema.enum.join(', ');
  const words = schema.anyOf
    ? schema.anyOf.map(inWordsOf)
    : [schema.type ?? []].flat().map((type) => WORDS[type]?.(schema));
  const told = words.filter((one) => one !== undefined);
  const last = told.pop();
  return told.length === 0 ? last : `${told.join(', ')}, or ${last}`;
}

const WORDS: Readonly<Record<string, (schema: ValueSchema) => string>> = {
  string: ({ minLength, maxLength }) => `a text${spanOf(minLength, maxLength, 'of ', ' characters')}`,
  number: (schema) => `a number${rangeOf(schema)}`,
  integer: (schema) => `a whole number${rangeOf(schema)}`,
  boolean: () => 'true or false',
  array: ({ minItems, maxItems }) => `a list${spanOf(minItems, maxItems, 'of ', '')}`,
  object: ({ properties = {}, maxProperties }) => {
    const names = Object.keys(properties).join(', ');
    if (names === '') return 'an object';
    return maxProperties === 1 ? `an object with exactly one of ${names}` : `an object with ${names}`;
  },
};

function rangeOf({ minimum, exclusiveMinimum, maximum }: ValueSchema): string {
  if (exclusiveMinimum === undefined) return spanOf(minimum, maximum, 'from ', '');
  return ` above ${exclusiveMinimum}${maximum === undefined ? '' : ` and up to ${maximum}`}`;
}

/** " of 1 to 20", " of at most 20", or nothing. */
function spanOf(from: number | undefined, to: number | undefined, before: string, after: string): string {
  if (from !== undefined && to !== undefined) return ` ${before}${from} to ${to}${after}`;
  if (to !== undefined) return ` of at most ${to}${after}`;
  return from === undefined ? '' : ` of at least ${from}${after}`;
}
