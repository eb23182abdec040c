/** Writes web/tracker/generated/: the tracking plan's types and names, so that the tracker cannot drift from schemas/events/plan/. */
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { compile, type JSONSchema } from 'json-schema-to-typescript';

interface Schema {
  readonly required?: readonly string[];
  readonly properties?: Readonly<Record<string, { readonly 'x-pii'?: boolean }>>;
}

const PLAN = join(import.meta.dirname, '..', 'schemas', 'events', 'plan');
export const GENERATED = join(import.meta.dirname, '..', 'web', 'tracker', 'generated');

const pascalCase = (name: string): string =>
  name.replace(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase());

/** What the collector drops on arrival need not leave the browser: the types do not offer it. */
function offered(schema: Schema): Schema {
  const properties = Object.entries(schema.properties ?? {}).filter(([, one]) => one['x-pii'] !== true);
  return { ...schema, properties: Object.fromEntries(properties) };
}

const planned = (): { name: string; schema: Schema }[] =>
  readdirSync(PLAN)
    .filter((file) => file.endsWith('.json'))
    .sort()
    .map((file) => ({
      name: basename(file, '.json'),
      schema: JSON.parse(readFileSync(join(PLAN, file), 'utf8')) as Schema,
    }));

export async function generateTrackerPlan(): Promise<void> {
  const events = planned();
  const types: string[] = [];
  for (const { name, schema } of events)
    types.push(
      await compile(offered(schema) as JSONSchema, pascalCase(name), {
        bannerComment: '',
        ignoreMinAndMaxItems: true,
      }),
    );
  const plan = events.map(({ name }) => `  ${name}: ${pascalCase(name)};\n`).join('');
  mkdirSync(GENERATED, { recursive: true });
  writeFileSync(
    join(GENERATED, 'plan.ts'),
    `${types.join('\n')}\n/** The properties of each event. */\nexport interface Plan {\n${plan}}\n`,
  );
  const telling = events.filter(({ schema }) => schema.required?.includes('user_id'));
  const list = (of: readonly { name: string }[]): string => JSON.stringify(of.map(({ name }) => name));
  writeFileSync(
    join(GENERATED, 'names.ts'),
    `export const EVENTS: readonly string[] = ${list(events)};\n/** Events that tell who somebody is. */\nexport const TELLING: readonly string[] = ${list(telling)};\n`,
  );
}
