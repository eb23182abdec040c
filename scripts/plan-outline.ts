import type { PlanFile } from './plan-files.ts';
import type { PersonalProperty, PlanSchema } from './plan-schema.ts';

/** A property as rules and their builder see it. */
interface OutlinedProperty {
  readonly type: string;
  readonly description?: string;
  readonly personal?: PersonalProperty['as'];
}

interface OutlinedEvent {
  readonly description: string;
  readonly properties: Readonly<Record<string, OutlinedProperty>>;
}

/** The one list whose entries' properties can be asked for. */
const LINES = 'items';

/** The events of the tracking plan and their properties by name, `items.<name>` those of a list's entries. */
export const planOutline = (events: readonly PlanFile[]): Record<string, OutlinedEvent> =>
  Object.fromEntries(
    events.map(({ name, schema, personal }) => [
      name,
      { description: schema.description ?? '', properties: Object.fromEntries(outlined(schema, personal)) },
    ]),
  );

function* outlined(
  { properties = {} }: PlanSchema,
  personal: readonly PersonalProperty[],
  parents: readonly string[] = [],
): Iterable<[string, OutlinedProperty]> {
  for (const [name, schema] of Object.entries(properties)) {
    const path = [...parents, name];
    const entry = name === LINES && schema.items?.properties !== undefined ? schema.items : undefined;
    if (entry !== undefined) yield* outlined(entry, personal, [...path, '[]']);
    else yield [path.filter((part) => part !== '[]').join('.'), property(schema, asOf(path, personal))];
  }
}

function asOf(
  path: readonly string[],
  personal: readonly PersonalProperty[],
): PersonalProperty['as'] | undefined {
  return personal.find((one) => one.path.join('.') === path.join('.'))?.as;
}

const property = (schema: PlanSchema, personal: PersonalProperty['as'] | undefined): OutlinedProperty => ({
  type: [schema.type ?? 'any'].flat().join(' or '),
  ...(schema.description === undefined ? {} : { description: schema.description }),
  ...(personal === undefined ? {} : { personal }),
});
