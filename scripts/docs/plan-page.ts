/** The part of docs/tracking-plan.md that follows from the schemas. */
import type { PlanFile } from '../plan-files.ts';
import type { PlanSchema } from '../plan-schema.ts';
import { block, code, table } from './markdown.ts';

const MARK = '<!-- From here on `npm run docs` writes this page, from schemas/events/plan/. -->';

/** The page with what is generated in it made anew; what stands before the mark is left as it is. */
export function withEvents(page: string, plan: readonly PlanFile[]): string {
  const at = page.indexOf(MARK);
  if (at < 0) throw new Error(`docs/tracking-plan.md lacks the line ${MARK}`);
  return `${page.slice(0, at)}${MARK}\n\n${eventsPart(plan)}\n`;
}

/** Every event: when it happens, its properties, and what one looks like. */
export const eventsPart = (plan: readonly PlanFile[]): string =>
  ['## The events', summary(plan), ...plan.map(eventPart)].join('\n\n');

const summary = (plan: readonly PlanFile[]): string =>
  table(
    ['event', 'required', 'recommended', 'personal'],
    plan.map(({ name, schema, personal }) => [
      `[${name}](#${name})`,
      names(schema.required),
      names(schema['x-recommended']),
      personal.map(({ path, as }) => `${written(path)} (${as})`).join(', '),
    ]),
  );

const names = (list: readonly string[] = []): string => list.join(', ');
const written = (path: readonly string[]): string => path.join('.').replaceAll('.[]', '[]');

function eventPart({ name, schema, version }: PlanFile): string {
  const [example] = (schema['examples'] ?? []) as readonly unknown[];
  const rows = [...rowsOf(schema, [])];
  return [
    `### ${name}`,
    `${schema.description} Version ${version}.`,
    ...(rows.length > 0 ? [table(['property', '', 'type', 'what', 'stored as'], rows)] : []),
    ...(example === undefined ? [] : [block('json', JSON.stringify({ name, properties: example }))]),
  ].join('\n\n');
}

function* rowsOf(schema: PlanSchema, path: readonly string[]): Iterable<string[]> {
  const { required = [], 'x-recommended': recommended = [] } = schema;
  for (const [name, one] of Object.entries(schema.properties ?? {})) {
    const need = required.includes(name) ? 'required' : recommended.includes(name) ? 'recommended' : '';
    yield* rowOf(one, [...path, name], need);
  }
}

function* rowOf(schema: PlanSchema, path: readonly string[], need: string): Iterable<string[]> {
  yield [code(written(path)), need, typeOf(schema), schema.description ?? '', storedAs(schema['x-pii'])];
  yield* rowsOf(schema, path);
  if (schema.items === undefined) return;
  if (schema.items.properties) yield* rowsOf(schema.items, [...path, '[]']);
  else yield* rowOf(schema.items, [...path, '[]'], '');
}

const storedAs = (mark: PlanSchema['x-pii']): string =>
  mark === undefined ? '' : mark === 'drop' ? 'nothing' : 'a keyed hash';

const WORDS: Readonly<Record<string, string>> = {
  string: 'text',
  integer: 'whole number',
  boolean: 'true or false',
  array: 'list',
};

function typeOf(schema: PlanSchema): string {
  const types = [schema.type ?? []].flat().map((type) => WORDS[type] ?? type);
  const limits = LIMITS.flatMap(([keyword, text]) => {
    const value = schema[keyword];
    // A text of at least no characters is any text.
    return value === undefined || (keyword === 'minLength' && value === 0) ? [] : [text(value)];
  });
  return [types.join(' or '), ...limits].filter((part) => part !== '').join(', ');
}

/** What a keyword says of a value. */
const LIMITS: readonly (readonly [keyword: string, text: (value: unknown) => string])[] = [
  ['enum', (values) => `one of ${(values as unknown[]).map((value) => JSON.stringify(value)).join(', ')}`],
  ['const', (value) => `always ${JSON.stringify(value)}`],
  ['pattern', (value) => code(String(value))],
  ['format', (value) => String(value)],
  ['minLength', (value) => `at least ${value} character${value === 1 ? '' : 's'}`],
  ['maxLength', (value) => `at most ${value} characters`],
  ['minimum', (value) => `≥ ${value}`],
  ['exclusiveMinimum', (value) => `> ${value}`],
  ['maximum', (value) => `≤ ${value}`],
  ['exclusiveMaximum', (value) => `< ${value}`],
  ['minItems', (value) => `at least ${value}`],
  ['maxItems', (value) => `at most ${value}`],
];
