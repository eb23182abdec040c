/** The API as a page for people: made ahead of time, no script in it, readable without a network. */
import type { Json, JsonObject } from './document.ts';

const object = (value: Json | undefined): JsonObject => (value ?? {}) as JsonObject;
const list = (value: Json | undefined): JsonObject[] => (value ?? []) as JsonObject[];
const text = (value: Json | undefined): string => (typeof value === 'string' ? value : '');

const ESCAPES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
const escaped = (value: string): string => value.replaceAll(/[&<>"]/g, (char) => ESCAPES[char] ?? char);
/** Plain text with `code` in it. */
const prose = (value: string): string =>
  escaped(value)
    .split('\n\n')
    .map((paragraph) => `<p>${paragraph.replaceAll(/`([^`]+)`/g, '<code>$1</code>')}</p>`)
    .join('');
const json = (value: Json): string => `<pre>${escaped(JSON.stringify(value, undefined, 2))}</pre>`;
/** What a reference into the document's components stands for; anything else as it is. */
function resolved(document: JsonObject, value: JsonObject): JsonObject {
  if (typeof value['$ref'] !== 'string') return value;
  const parts = value['$ref'].split('/').slice(1);
  return object(parts.reduce<Json>((node, part) => object(node)[part] ?? null, document));
}

const STYLE = `:root{color-scheme:light dark}body{font:16px/1.55 system-ui,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
h1,h2,h3{line-height:1.2}h3{margin-top:2.5rem;font-size:1.05rem}pre,code{font:13px/1.5 ui-monospace,monospace}
pre{background:color-mix(in srgb,currentColor 7%,transparent);padding:.8rem;overflow:auto;border-radius:.4rem}
table{border-collapse:collapse;width:100%;margin:.5rem 0}td,th{text-align:left;vertical-align:top;padding:.3rem .6rem .3rem 0;border-top:1px solid color-mix(in srgb,currentColor 18%,transparent)}
nav ul{columns:2;padding-left:1rem}.method{display:inline-block;min-width:4rem;font-weight:700}summary{cursor:pointer}`;

/** The document as HTML. */
export function apiPage(document: JsonObject): string {
  const info = object(document['info']);
  const tags = list(document['tags']);
  const operations = Object.entries(object(document['paths'])).flatMap(([path, item]) =>
    Object.entries(object(item)).map(([method, found]) => ({ path, method, operation: object(found) })),
  );
  const sections = tags.map((tag) => {
    const own = operations.filter(({ operation }) =>
      (operation['tags'] as Json[])?.includes(text(tag['name'])),
    );
    const parts = own.map((entry) => operationSection(document, entry.path, entry.method, entry.operation));
    return `<h2 id="${text(tag['name'])}">${escaped(text(tag['name']))}</h2>${prose(text(tag['description']))}${parts.join('')}`;
  });
  const links = operations.map(
    ({ path, method, operation }) =>
      `<li><a href="#${text(operation['operationId'])}"><span class="method">${method.toUpperCase()}</span> /v1${escaped(path)}</a></li>`,
  );
  return `<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>${escaped(text(info['title']))} API</title><style>${STYLE}</style></head><body><h1>${escaped(text(info['title']))} API</h1>${prose(text(info['description']))}<p><a href="openapi.json">openapi.json</a></p><nav><ul>${links.join('')}</ul></nav>${sections.join('')}<h2>Schemas</h2>${schemasSection(document)}</body></html>`;
}

function operationSection(document: JsonObject, path: string, method: string, operation: JsonObject): string {
  const body = object(object(object(operation['requestBody'])['content'])['application/json']);
  return `<h3 id="${text(operation['operationId'])}"><span class="method">${method.toUpperCase()}</span> <code>/v1${escaped(path)}</code></h3>
<p><strong>${escaped(text(operation['summary']))}</strong></p>${prose(text(operation['description']))}
${parametersTable(document, list(operation['parameters']))}${body['schema'] === undefined ? '' : `<p>Body: ${schemaLink(object(body['schema']))}</p>`}
${examplesOf(object(body['examples']))}${answersTable(document, object(operation['responses']))}`;
}

function parametersTable(document: JsonObject, parameters: readonly JsonObject[]): string {
  if (parameters.length === 0) return '';
  const rows = parameters
    .map((parameter) => resolved(document, parameter))
    .map(
      (parameter) =>
        `<tr><td><code>${escaped(text(parameter['name']))}</code></td><td>${escaped(text(parameter['in']))}</td><td>${prose(text(parameter['description']))}</td></tr>`,
    );
  return `<table><tr><th>Parameter</th><th>In</th><th></th></tr>${rows.join('')}</table>`;
}

const examplesOf = (examples: JsonObject): string =>
  Object.values(examples)
    .map(
      (example) =>
        `<p>${escaped(text(object(example)['summary']))}</p>${json(object(example)['value'] ?? null)}`,
    )
    .join('');

function answersTable(document: JsonObject, responses: JsonObject): string {
  const rows = Object.entries(responses).map(([status, found]) => {
    const response = resolved(document, object(found));
    const schema = object(object(object(response['content'])['application/json'])['schema']);
    return `<tr><td>${status}</td><td>${prose(text(response['description']))}${schemaLink(schema)}</td></tr>`;
  });
  return `<table><tr><th>Answer</th><th></th></tr>${rows.join('')}</table>`;
}

function schemaLink(schema: JsonObject): string {
  if (schema['$ref'] === undefined) return '';
  const name = text(schema['$ref']).split('/').at(-1) ?? '';
  return `<a href="#schema-${escaped(name)}">${escaped(name)}</a>`;
}

function schemasSection(document: JsonObject): string {
  return Object.entries(object(object(document['components'])['schemas']))
    .map(
      ([name, schema]) =>
        `<h3 id="schema-${escaped(name)}">${escaped(name)}</h3>${prose(text(object(schema)['description']))}<details><summary>JSON Schema</summary>${json(schema)}</details>`,
    )
    .join('');
}
