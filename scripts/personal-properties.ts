import type { PersonalProperty, PlanSchema } from './plan-schema.ts';

/** What can be hashed: a text, or a number as its text. */
const HASHED = ['string', 'number', 'integer'];

/**
 * The properties that an event's schema marks as personal, at any depth of `properties` and `items`. A mark that
 * stands elsewhere (under `anyOf`, in `$defs`, …) would be overlooked, so it throws.
 */
export function personalProperties(schema: PlanSchema): PersonalProperty[] {
  const marked = [...marksUnder(schema, [])];
  const marks = JSON.stringify(schema).split('"x-pii":').length - 1;
  if (marks !== marked.length)
    throw new Error('"x-pii" is for a property under "properties" or "items", and stands elsewhere here');
  return marked;
}

function* marksUnder(schema: PlanSchema, path: readonly string[]): Iterable<PersonalProperty> {
  const mark = schema['x-pii'];
  if (mark !== undefined) yield { path, as: kindOf(schema, mark, path) };
  for (const [name, one] of Object.entries(schema.properties ?? {})) yield* marksUnder(one, [...path, name]);
  if (schema.items) yield* marksUnder(schema.items, [...path, '[]']);
}

function kindOf(schema: PlanSchema, mark: boolean | string, path: readonly string[]): PersonalProperty['as'] {
  const name = path.join('.').replaceAll('.[]', '[]');
  if (mark !== true && mark !== 'hash' && mark !== 'drop')
    throw new Error(`"x-pii" of ${name || 'the event'} is ${JSON.stringify(mark)}; allowed: "hash", "drop"`);
  if (path.length === 0) throw new Error('"x-pii" is for properties, not for the event itself');
  if (mark === 'drop') return 'drop';
  const types = [schema.type ?? []].flat();
  if (types.length === 0 || types.some((type) => type !== 'null' && !HASHED.includes(type)))
    throw new Error(
      `${name} is of type ${types.join(' or ') || 'unknown'}; a hash is made of ${HASHED.join(', ')}`,
    );
  return 'hash';
}
