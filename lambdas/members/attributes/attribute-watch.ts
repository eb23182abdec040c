import { inParallel } from '../../shared/parallel.ts';
import type { AttributeValue } from '../member.ts';
import type { AttributeNews, AttributeRegistry } from '../ports.ts';
import { type AttributeType, presentable, typeOf } from './known-attribute.ts';

/** Of an attribute with more different values than this, none is an example. */
const MAX_VALUES = 50;
export const MAX_EXAMPLES = 10;
const WRITES_IN_FLIGHT = 8;

export interface SeenMember {
  readonly userId: string;
  readonly attributes: Readonly<Record<string, AttributeValue | null>>;
}

/** Tells the registry what members' attributes are called and hold. */
export interface AttributeWatch {
  /** To be called before the members are written, so that there is never an attribute that nobody knows. */
  note(members: readonly SeenMember[]): Promise<void>;
}

/** What this function knows of one attribute: what the registry has, and which values it met, by their JSON. */
interface Standing {
  readonly types: Set<AttributeType>;
  readonly examples: Set<string>;
  /** True once it has too many values for any to be an example. */
  many: boolean;
  /** Whom a value was first seen with. */
  readonly values: Map<string, string>;
}

/**
 * A function's own watch: it asks the registry once and writes only what is new. A value becomes an example when this function
 * has met it with two members, so what only one has never leaves its memory.
 */
export function attributeWatch(registry: AttributeRegistry): AttributeWatch {
  let reading: Promise<Map<string, Standing>> | undefined;
  const known = async (): Promise<Map<string, Standing>> => {
    reading ??= read(registry);
    try {
      return await reading;
    } catch (error) {
      reading = undefined;
      throw error;
    }
  };
  return {
    async note(members) {
      if (members.every(({ attributes }) => Object.keys(attributes).length === 0)) return;
      const standings = await known();
      const news = [...newsOf(members, standings)];
      await inParallel(news, WRITES_IN_FLIGHT, ([name, told]) => registry.add(name, told));
      for (const [name, { types, examples }] of news) {
        for (const type of types) standings.get(name)?.types.add(type);
        for (const example of examples) standings.get(name)?.examples.add(JSON.stringify(example));
      }
    },
  };
}

async function read(registry: AttributeRegistry): Promise<Map<string, Standing>> {
  const rows = await registry.all();
  return new Map(
    rows.map(({ name, types, examples, many }) => [
      name,
      {
        types: new Set(types),
        examples: new Set(examples.map((one) => JSON.stringify(one))),
        many,
        values: new Map<string, string>(),
      },
    ]),
  );
}

function newsOf(
  members: readonly SeenMember[],
  standings: Map<string, Standing>,
): Map<string, AttributeNews> {
  const news = new Map<string, { types: Set<AttributeType>; examples: Set<string>; many: boolean }>();
  const told = (name: string) => {
    const found = news.get(name) ?? {
      types: new Set<AttributeType>(),
      examples: new Set<string>(),
      many: false,
    };
    news.set(name, found);
    return found;
  };
  for (const { userId, attributes } of members)
    for (const [name, value] of Object.entries(attributes)) {
      if (value === null) continue;
      const standing = standingOf(standings, name);
      const type = typeOf(value);
      if (!standing.types.has(type)) told(name).types.add(type);
      for (const example of shared(standing, userId, value))
        if (example === 'many') told(name).many = true;
        else if (standing.examples.size + told(name).examples.size < MAX_EXAMPLES)
          told(name).examples.add(example.json);
    }
  return new Map(
    [...news]
      .filter(([, { types, examples, many }]) => types.size + examples.size > 0 || many)
      .map(([name, { types, examples, many }]) => [
        name,
        {
          types: [...types],
          examples: [...examples].map((json) => JSON.parse(json) as string | number),
          many,
        },
      ]),
  );
}

function standingOf(standings: Map<string, Standing>, name: string): Standing {
  const found = standings.get(name) ?? {
    types: new Set(),
    examples: new Set(),
    many: false,
    values: new Map(),
  };
  standings.set(name, found);
  return found;
}

/** Values that now two members have, and are no example yet; `many` when there have been too many different ones. */
function* shared(
  standing: Standing,
  userId: string,
  value: AttributeValue,
): Iterable<{ readonly json: string } | 'many'> {
  if (standing.many) return;
  for (const one of presentable(value)) {
    const json = JSON.stringify(one);
    const first = standing.values.get(json);
    if (first === undefined) standing.values.set(json, userId);
    else if (first !== userId && !standing.examples.has(json)) yield { json };
  }
  if (standing.values.size <= MAX_VALUES) return;
  standing.many = true;
  standing.values.clear();
  yield 'many';
}
