/**
 * Compiles every schema under schemas/<domain>/ ahead of time: validators (ajv, standalone) and types.
 *
 * `*.request.json` files become `validate<Title>` and `type <Title>` in schemas/<domain>/generated/requests.{js,d.ts}.
 * They may name each other by file, as `{"$ref": "schedule.request.json"}`.
 * `events/plan/*.json` (the tracking plan, spec §1) become `plan`: event name → validator, version, personal properties; and
 * `outline`: what an event and its properties are called and hold.
 */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import standalone from 'ajv/dist/standalone/index.js';
import addFormats from 'ajv-formats';
import { buildSync } from 'esbuild';
import { compile } from 'json-schema-to-typescript';
import { knowCurrencies } from './currencies.ts';
import { countFewer, findUuids } from './lengths.ts';
import { ONE_OF } from './openapi/document.ts';
import { PLAN_KEYWORDS, readPlan } from './plan-files.ts';
import { planOutline } from './plan-outline.ts';
import type { PlanSchema } from './plan-schema.ts';

const ROOT = join(import.meta.dirname, '..', 'schemas');

interface Schema {
  $id?: string;
  title?: string;
  [key: string]: unknown;
}

const readSchemas = (dir: string, suffix: string): { file: string; schema: Schema }[] =>
  readdirSync(dir)
    .filter((file) => file.endsWith(suffix))
    .sort()
    .map((file) => ({ file, schema: JSON.parse(readFileSync(join(dir, file), 'utf8')) as Schema }));

/** Compiles schemas to one self-contained module that exports a validator under each name, and then `extra`. */
function validatorsSource(
  schemas: { file: string; name: string; schema: Schema | PlanSchema }[],
  extra = '',
): string {
  const ajv = new Ajv2020({
    allErrors: true,
    strict: true,
    strictRequired: false,
    allowUnionTypes: true,
    code: { source: true, esm: true },
  });
  addFormats.default(ajv);
  knowCurrencies(ajv);
  countFewer(ajv);
  findUuids(ajv);
  ajv.addVocabulary([...PLAN_KEYWORDS, ONE_OF]);
  const ids: Record<string, string> = {};
  for (const { file, name, schema } of schemas) {
    ajv.addSchema({ ...schema, $id: file });
    ids[name] = file;
  }
  const code = `${standalone.default(ajv, ids)}\n${extra}`;
  // The standalone code still `require`s ajv's runtime helpers: bundling makes the file self-contained ESM.
  const built = buildSync({
    stdin: { contents: code, resolveDir: ROOT, loader: 'js' },
    bundle: true,
    format: 'esm',
    platform: 'node',
    write: false,
    legalComments: 'none',
  });
  return built.outputFiles[0]?.text ?? '';
}

const VALIDATOR_TYPE = `export interface SchemaError { instancePath: string; keyword: string; message?: string; params: Record<string, unknown> }
export interface Validator<T> { (value: unknown): value is T; errors?: SchemaError[] | null }
`;

async function generateRequests(dir: string): Promise<void> {
  const schemas = readSchemas(dir, '.request.json').map(({ file, schema }) => {
    if (!schema.title)
      throw new Error(`${join(dir, file)}: a request schema needs a "title": it names the type`);
    return { file, name: schema.title, schema };
  });
  if (schemas.length === 0) return;
  const types: string[] = [];
  for (const { schema } of schemas)
    types.push(
      await compile(schema, schema.title ?? '', {
        bannerComment: '',
        additionalProperties: false,
        cwd: dir,
        format: false,
        // A list of up to ten is not a union of ten tuples.
        ignoreMinAndMaxItems: true,
      }),
    );
  const declared = schemas.map(({ name }) => `export const validate${name}: Validator<${name}>;`);
  write(
    dir,
    'requests',
    validatorsSource(schemas.map(({ file, name, schema }) => ({ file, name: `validate${name}`, schema }))),
    [VALIDATOR_TYPE, ...declaredOnce(types), ...declared],
  );
}

/** Before a declaration, and before the comment it has. */
const DECLARATION = /^(?<!\*\/\n)(?=(?:\/\*\*(?:(?!\*\/)[\s\S])*\*\/\n)?export )/m;

/** A schema's types come with those of every schema it names: each is declared where it comes first. */
function declaredOnce(types: string[]): string[] {
  const name = (text: string) => /^export (?:interface|type) (\w+)/m.exec(text)?.[1] ?? text;
  const declarations = types.flatMap((text) => text.trim().split(DECLARATION));
  return declarations.filter(
    (text, index) => declarations.findIndex((other) => name(other) === name(text)) === index,
  );
}

/** Writes `<folder>/generated/{plan,outline}.{js,d.ts}` of the tracking plan in `folder`. Throws with file and reason when a schema is wrong. */
export function generatePlan(folder: string): void {
  const events = readPlan(folder);
  const entries = events.map(
    ({ name, version, personal }) =>
      `${name}: { validate: validate_${name}, version: ${version}, pii: ${JSON.stringify(personal)} }`,
  );
  const source = validatorsSource(
    events.map(({ file, name, schema }) => ({ file, name: `validate_${name}`, schema })),
    `export const plan = { ${entries.join(', ')} };`,
  );
  write(folder, 'plan', source, [
    VALIDATOR_TYPE,
    "export interface PersonalProperty { readonly path: readonly string[]; readonly as: 'hash' | 'drop' }",
    'export interface PlannedEvent { validate: Validator<Record<string, unknown>>; version: number; pii: readonly PersonalProperty[] }',
    'export const plan: Record<string, PlannedEvent>;',
  ]);
  write(folder, 'outline', `export const outline = ${JSON.stringify(planOutline(events))};\n`, [
    "export interface OutlinedProperty { readonly type: string; readonly description?: string; readonly personal?: 'hash' | 'drop' }",
    'export interface OutlinedEvent { readonly description: string; readonly properties: Readonly<Record<string, OutlinedProperty>> }',
    'export const outline: Readonly<Record<string, OutlinedEvent>>;',
  ]);
}

function write(dir: string, name: string, js: string, types: string[]): void {
  mkdirSync(join(dir, 'generated'), { recursive: true });
  writeFileSync(join(dir, 'generated', `${name}.js`), js);
  writeFileSync(join(dir, 'generated', `${name}.d.ts`), `${types.join('\n')}\n`);
}

/** Generates everything anew. */
export async function generate(): Promise<void> {
  for (const domain of readdirSync(ROOT)) {
    const dir = join(ROOT, domain);
    if (!statSync(dir).isDirectory()) continue;
    await generateRequests(dir);
    const plan = join(dir, 'plan');
    if (statSync(plan, { throwIfNoEntry: false })) generatePlan(plan);
  }
}
