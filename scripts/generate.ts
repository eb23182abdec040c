/**
 * Compiles every schema under schemas/<domain>/ ahead of time: validators (ajv, standalone) and types.
 *
 * `*.request.json` files become `validate<Title>` and `type <Title>` in schemas/<domain>/generated/requests.{js,d.ts}.
 * `events/plan/*.json` (the tracking plan, spec §1) become a map from event name to validator.
 */
import { mkdirSync, readdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { Ajv2020 } from 'ajv/dist/2020.js';
import standalone from 'ajv/dist/standalone/index.js';
import addFormats from 'ajv-formats';
import { buildSync } from 'esbuild';
import { compile } from 'json-schema-to-typescript';

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

function validatorsSource(schemas: { name: string; schema: Schema }[]): string {
  const ajv = new Ajv2020({
    allErrors: true,
    strict: true,
    strictRequired: false,
    allowUnionTypes: true,
    code: { source: true, esm: true },
  });
  addFormats.default(ajv);
  ajv.addVocabulary(['x-glue', 'x-pii', 'x-recommended', 'x-partitions']);
  const ids: Record<string, string> = {};
  for (const { name, schema } of schemas) {
    ajv.addSchema({ ...schema, $id: `#/${name}` });
    ids[name] = `#/${name}`;
  }
  const code = standalone.default(ajv, ids);
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
    return { name: schema.title, schema };
  });
  if (schemas.length === 0) return;
  const types: string[] = [];
  for (const { schema } of schemas)
    types.push(
      await compile(schema, schema.title ?? '', { bannerComment: '', additionalProperties: false, cwd: dir }),
    );
  const declared = schemas.map(({ name }) => `export const validate${name}: Validator<${name}>;`);
  write(
    dir,
    'requests',
    validatorsSource(schemas.map(({ name, schema }) => ({ name: `validate${name}`, schema }))),
    [VALIDATOR_TYPE, ...types, ...declared],
  );
}

function generatePlan(dir: string): void {
  const events = readSchemas(dir, '.json').map(({ file, schema }) => ({
    event: basename(file, '.json'),
    schema,
  }));
  const source = validatorsSource(events.map(({ event, schema }) => ({ name: event, schema })));
  const versions = events.map(({ event, schema }) => `${event}: ${Number(schema['x-version'] ?? 1)}`);
  const map = `${source}\nexport const plan = { ${events.map(({ event }) => event).join(', ')} };\nexport const versions = { ${versions.join(', ')} };\n`;
  write(dir, 'plan', map, [
    VALIDATOR_TYPE,
    'export const plan: Record<string, Validator<Record<string, unknown>>>;',
    'export const versions: Record<string, number>;',
  ]);
}

function write(dir: string, name: string, js: string, types: string[]): void {
  mkdirSync(join(dir, 'generated'), { recursive: true });
  writeFileSync(join(dir, 'generated', `${name}.js`), js);
  writeFileSync(join(dir, 'generated', `${name}.d.ts`), `${types.join('\n')}\n`);
}

for (const domain of readdirSync(ROOT)) {
  const dir = join(ROOT, domain);
  if (!statSync(dir).isDirectory()) continue;
  await generateRequests(dir);
  const plan = join(dir, 'plan');
  if (statSync(plan, { throwIfNoEntry: false })) generatePlan(plan);
}
