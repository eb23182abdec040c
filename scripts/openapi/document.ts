/** The OpenAPI 3.1 document of the private API, made of schemas/<domain>/openapi.json and the schemas they name. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { basename, join } from 'node:path';

export type Json = null | boolean | number | string | Json[] | { [name: string]: Json };
export interface JsonObject {
  [name: string]: Json;
}

/**
 * Schemas by one of which an object is judged when its kind is known (`kakao`, a segment's `rule`): our validators leave that to
 * the code that knows, which tells more of what is wrong; a reader of the description is shown them.
 */
export const ONE_OF = 'x-one-of';

const METHODS = ['get', 'put', 'post', 'patch', 'delete'];
/** What any call can meet; the operations themselves list only what is theirs. */
const ALWAYS: Readonly<Record<string, string>> = { 403: 'forbidden', 429: 'tooMany', 503: 'unavailable' };
const JUDGED: Readonly<Record<string, string>> = { 400: 'validation' };
const WITH_BODY: Readonly<Record<string, string>> = { 413: 'tooLarge' };
const KEYED: Readonly<Record<string, string>> = { 422: 'unprocessable' };

const read = (file: string): JsonObject => JSON.parse(readFileSync(file, 'utf8')) as JsonObject;
const object = (value: Json | undefined): JsonObject => (value ?? {}) as JsonObject;

/** Domains in the order in which a new customer needs them. */
const ORDER = ['members', 'events', 'segments', 'campaigns'];
const rank = (domain: string): number => (ORDER.indexOf(domain) + ORDER.length + 1) % (ORDER.length + 1);

/** The whole document. Throws when a schema it names is not there, or two have one title. */
export function openApiDocument(root: string): JsonObject {
  const document = read(join(root, 'shared', 'openapi.json'));
  const components = object(document['components']);
  const schemas = object(components['schemas']);
  const files = new Map<string, string>();
  for (const domain of domains(root)) {
    const part = new Part(join(root, domain), schemas, files);
    const fragment = object(part.linked(read(join(root, domain, 'openapi.json'))));
    (document['tags'] as Json[]).push(...((fragment['tags'] ?? []) as Json[]));
    for (const [path, item] of Object.entries(object(fragment['paths'])))
      object(document['paths'])[path] = withCommon(object(item));
  }
  return document;
}

const domains = (root: string): string[] =>
  readdirSync(root)
    .filter((domain) => domain !== 'shared')
    .filter((domain) => statSync(join(root, domain, 'openapi.json'), { throwIfNoEntry: false }))
    .sort((a, b) => rank(a) - rank(b));

/** One domain's fragment: its references to schema files become references to components. */
class Part {
  constructor(
    private readonly dir: string,
    private readonly schemas: JsonObject,
    /** Which file a title is of. */
    private readonly files: Map<string, string>,
  ) {}

  linked(node: Json, within = ''): Json {
    if (Array.isArray(node)) return node.map((entry) => this.linked(entry, within));
    if (typeof node !== 'object' || node === null) return node;
    return Object.fromEntries(
      Object.entries(node).map(([name, value]): [string, Json] => {
        if (name === '$ref' && typeof value === 'string') return [name, this.target(value, within)];
        if (name === ONE_OF)
          return ['oneOf', (value as string[]).map((file) => ({ $ref: this.component(file) }))];
        return [name, this.linked(value, within)];
      }),
    );
  }

  private target(ref: string, within: string): string {
    if (ref.startsWith('#/components/')) return ref;
    if (ref.startsWith('#')) return `${within}${ref.slice(1)}`;
    const [file = '', pointer = ''] = ref.split('#');
    return `${this.component(file)}${pointer}`;
  }

  private component(file: string): string {
    const { $schema: _, $id: _id, ...schema } = read(join(this.dir, file));
    const title = String(schema['title'] ?? basename(file, '.json'));
    const at = `#/components/schemas/${title}`;
    const path = join(this.dir, file);
    const other = this.files.get(title) ?? path;
    if (other !== path) throw new Error(`${path} and ${other} both have the title "${title}"`);
    this.files.set(title, path);
    // Set before it is walked: a schema may name itself.
    if (this.schemas[title] === undefined) {
      this.schemas[title] = {};
      this.schemas[title] = this.linked(schema, at);
    }
    return at;
  }
}

function withCommon(item: JsonObject): JsonObject {
  const entries = Object.entries(item).map(([method, operation]): [string, Json] =>
    METHODS.includes(method) ? [method, completed(method, object(operation))] : [method, operation],
  );
  return Object.fromEntries(entries);
}

/** Whether there is something in a request that may be wrong. */
const isJudged = ({ requestBody, parameters = [] }: JsonObject): boolean =>
  requestBody !== undefined || (parameters as JsonObject[]).some((one) => one['in'] === 'query');

function completed(method: string, operation: JsonObject): JsonObject {
  const keyed = method === 'post' && operation['x-idempotent'] !== false;
  const common = {
    ...(operation['security'] === undefined ? ALWAYS : {}),
    ...(isJudged(operation) ? JUDGED : {}),
    ...(operation['requestBody'] === undefined ? {} : WITH_BODY),
    ...(keyed ? KEYED : {}),
  };
  const parameters = (operation['parameters'] ?? []) as Json[];
  const { 'x-idempotent': _, ...told } = operation;
  return {
    ...told,
    ...(keyed ? { parameters: [...parameters, { $ref: '#/components/parameters/idempotencyKey' }] } : {}),
    responses: {
      ...object(operation['responses']),
      ...Object.fromEntries(
        Object.entries(common).map(([status, name]) => [status, { $ref: `#/components/responses/${name}` }]),
      ),
    },
  };
}
