/** Reads the tracking plan: a folder of JSON Schema files, one an event (docs/tracking-plan.md). */
import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { knowCurrencies } from './currencies.ts';
import { personalProperties } from './personal-properties.ts';
import type { PersonalProperty, PlanSchema } from './plan-schema.ts';

export interface PlanFile {
  /** File name without its folder. */
  readonly file: string;
  /** The event's name. */
  readonly name: string;
  readonly schema: PlanSchema;
  readonly version: number;
  readonly personal: readonly PersonalProperty[];
}

/** Said of a plan's schema and property, beside what JSON Schema has. */
export const PLAN_KEYWORDS = ['x-pii', 'x-recommended', 'x-version'];

const NAME = /^[a-z][a-z0-9_]{0,63}$/;

/** Every event of a plan, by name. Throws with file and reason at the first file that is wrong. */
export function readPlan(folder: string): PlanFile[] {
  return readdirSync(folder)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => {
      try {
        return planFile(file, readFileSync(join(folder, file), 'utf8'));
      } catch (cause) {
        throw new Error(`${join(folder, file)}: ${(cause as Error).message}`, { cause });
      }
    });
}

function planFile(file: string, text: string): PlanFile {
  const schema = JSON.parse(text) as PlanSchema;
  const name = basename(file, '.json');
  for (const reason of reasons(name, schema)) throw new Error(reason);
  compiled(schema);
  return { file, name, schema, version: schema['x-version'] ?? 0, personal: personalProperties(schema) };
}

/** What is wrong that JSON Schema would not mind. */
function* reasons(name: string, schema: PlanSchema): Iterable<string> {
  const { title, description, type, properties = {}, required = [] } = schema;
  const recommended = schema['x-recommended'] ?? [];
  if (!NAME.test(name))
    yield `an event's name is snake_case and has at most 64 characters (this is "${name}")`;
  if (title !== name) yield `"title" is ${JSON.stringify(title)}; it is the event's name, "${name}"`;
  if (typeof description !== 'string') yield '"description" is missing: it says when the event happens';
  if (!Number.isInteger(schema['x-version']) || Number(schema['x-version']) < 1)
    yield `"x-version" is ${JSON.stringify(schema['x-version'])}; it is a whole number from 1 on, raised when the meaning changes`;
  if (type !== 'object') yield '"type" must be "object": an event has properties';
  for (const property of Object.keys(properties))
    if (!NAME.test(property)) yield `the property "${property}" is not in snake_case`;
  for (const property of [...required, ...recommended])
    if (!Object.hasOwn(properties, property))
      yield `"${property}" is required or recommended, and "properties" does not define it`;
  for (const property of recommended)
    if (required.includes(property)) yield `"${property}" is required and recommended; it is one of them`;
}

const ajv = new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true });
addFormats.default(ajv);
knowCurrencies(ajv);
ajv.addVocabulary(PLAN_KEYWORDS);

/** An unknown keyword, or one that cannot apply, throws: it would check nothing. So does an example that is not valid. */
function compiled(schema: PlanSchema): void {
  const validate = ajv.compile(schema);
  for (const example of (schema['examples'] ?? []) as readonly unknown[])
    if (!validate(example)) throw new Error(`the example is not valid: ${ajv.errorsText(validate.errors)}`);
}
