/** Writes web/tracker/generated/: the tracking plan's types and names, so that the tracker cannot drift from schemas/events/plan/. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { compile, type JSONSchema } from 'json-schema-to-typescript';
import { readPlan } from './plan-files.ts';
import type { PlanSchema } from './plan-schema.ts';

const PLAN = join(import.meta.dirname, '..', 'schemas', 'events', 'plan');
export const GENERATED = join(import.meta.dirname, '..', 'web', 'tracker', 'generated');

const pascalCase = (name: string): string =>
  name.replace(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase());

/** What the collector drops on arrival need not leave the browser: the types do not offer it. */
function offered(schema: PlanSchema): PlanSchema {
  const properties = Object.entries(schema.properties ?? {}).filter(([, one]) => one['x-pii'] !== 'drop');
  return { ...schema, properties: Object.fromEntries(properties) };
}

/** Writes `plan.ts` and `names.ts` of the tracking plan in `folder` to `into`. */
export async function generateTrackerPlan(folder = PLAN, into = GENERATED): Promise<void> {
  const events = readPlan(folder);
  const types: string[] = [];
  for (const { name, schema } of events)
    types.push(
      await compile(offered(schema) as JSONSchema, pascalCase(name), {
        bannerComment: '',
        ignoreMinAndMaxItems: true,
      }),
    );
  const plan = events.map(({ name }) => `  ${name}: ${pascalCase(name)};\n`).join('');
  mkdirSync(into, { recursive: true });
  writeFileSync(
    join(into, 'plan.ts'),
    `${types.join('\n')}\n/** The properties of each event. */\nexport interface Plan {\n${plan}}\n`,
  );
  const telling = events.filter(({ schema }) => schema.required?.includes('user_id'));
  const list = (of: readonly { name: string }[]): string => JSON.stringify(of.map(({ name }) => name));
  writeFileSync(
    join(into, 'names.ts'),
    `export const EVENTS: readonly string[] = ${list(events)};\n/** Events that tell who somebody is. */\nexport const TELLING: readonly string[] = ${list(telling)};\n`,
  );
}
