import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { describe, expect, it } from 'vitest';
import { openApi } from '../../schemas/shared/generated/openapi.js';
import { type Described, described, type Operation } from '../support/openapi.ts';
import { type Flow, until } from './support.ts';

const ajv = new Ajv2020({ allErrors: true, strict: false });
addFormats.default(ajv);
ajv.addSchema({ ...openApi, $id: 'api' });

/** What was asked, to be asked in the document's order. */
interface Call {
  readonly name: string;
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
  readonly body?: unknown;
}

interface Answer {
  readonly status: number;
  readonly body: unknown;
}

const pointer = (text: string): string => text.replaceAll('~', '~0').replaceAll('/', '~1');

/** What is wrong with an answer by the document; undefined when nothing is. */
function wrong({ operation, method, path }: Described, { status, body }: Answer): string | undefined {
  const response = operation.responses[String(status)];
  if (!response)
    return `${operation.operationId} answered ${status}, which is not described: ${JSON.stringify(body)}`;
  if (!response.content?.['application/json']) return undefined;
  const at = `#/paths/${pointer(path)}/${method.toLowerCase()}/responses/${status}/content/application~1json/schema`;
  const validate = ajv.compile({ $ref: `api${at}` });
  return validate(body)
    ? undefined
    : `${operation.operationId}: ${ajv.errorsText(validate.errors)} in ${JSON.stringify(body)}`;
}

const filled = (path: string, values: Readonly<Record<string, unknown>>): string =>
  path.replaceAll(/\{(\w+)\}/g, (_, name: string) => encodeURIComponent(String(values[name])));

/** The value an OpenAPI link names: `$response.body#/result/id`, or a value as it stands. */
function linked(expression: unknown, body: unknown): unknown {
  if (typeof expression !== 'string' || !expression.startsWith('$response.body#/')) return expression;
  return expression
    .slice('$response.body#/'.length)
    .split('/')
    .reduce<unknown>((node, part) => (node as Record<string, unknown> | undefined)?.[part], body);
}

const exampleValues = ({ parameters = [] }: Operation): Record<string, unknown> =>
  Object.fromEntries(
    parameters.filter(({ in: where }) => where === 'path').map(({ name, example }) => [name, example]),
  );
const queryOf = ({ parameters = [] }: Operation): string => {
  const given = parameters.filter((one) => one.in === 'query' && one.example !== undefined);
  return given.length === 0
    ? ''
    : `?${given.map(({ name, example }) => `${name}=${encodeURIComponent(String(example))}`).join('&')}`;
};

/** Runs every example of the API's description, and what its links lead to, and holds each answer to its schema. */
export function describedExamples(flow: () => Flow): void {
  const run = new Set<string>();

  async function ask(found: Described, call: Call): Promise<Answer> {
    const response = await fetch(`${flow().system.baseUrl}/v1${call.path}`, {
      method: call.method,
      headers: {
        'content-type': 'application/json',
        ...(found.operation.security === undefined ? { 'x-api-key': flow().system.apiKey } : {}),
      },
      ...(call.body === undefined ? {} : { body: JSON.stringify(call.body) }),
    });
    const text = await response.text();
    const isJson = response.headers.get('content-type')?.startsWith('application/json');
    return { status: response.status, body: isJson ? JSON.parse(text) : text };
  }

  async function held(found: Described, call: Call): Promise<Answer> {
    const answer = await ask(found, call);
    expect(answer.status, `${call.name}: ${JSON.stringify(answer.body)}`).toBeLessThan(300);
    expect(wrong(found, answer)).toBeUndefined();
    run.add(found.operation.operationId);
    return answer;
  }

  /** Follows the links of an answer, and of what they answer, each operation once. */
  async function follow({ operation }: Described, { status, body }: Answer, example: string): Promise<void> {
    for (const [name, link] of Object.entries(operation.responses[String(status)]?.links ?? {})) {
      if (link['x-after'] !== undefined && link['x-after'] !== example) continue;
      const target = described.find((one) => one.operation.operationId === link.operationId);
      if (!target)
        throw new Error(`${operation.operationId} links to ${link.operationId}, which is not there`);
      const values = Object.fromEntries(
        Object.entries(link.parameters ?? {}).map(([key, value]) => [key, linked(value, body)]),
      );
      const [given] = Object.values(
        target.operation.requestBody?.content['application/json']?.examples ?? {},
      );
      const sent = link.requestBody ?? given?.value;
      const call: Call = {
        name,
        method: target.method,
        path: `${filled(target.path, values)}${queryOf(target.operation)}`,
        operation: target.operation,
        ...(sent === undefined ? {} : { body: sent }),
      };
      // A link may lead to what comes a moment later: a send that is opened, a list that is resolved.
      const answer = await until(
        () => ask(target, call),
        ({ status: now }) => (link['x-status'] === undefined ? now < 300 : now === link['x-status']),
        { withinMs: 60_000 },
      );
      expect(wrong(target, answer)).toBeUndefined();
      run.add(target.operation.operationId);
      await follow(target, answer, name);
    }
  }

  const calls = described.flatMap((found): (Described & { call: Call })[] => {
    const { method, path, operation } = found;
    const values = exampleValues(operation);
    if (Object.values(values).some((value) => value === undefined)) return [];
    const base = { method, path: `${filled(path, values)}${queryOf(operation)}`, operation };
    const examples = Object.entries(operation.requestBody?.content['application/json']?.examples ?? {});
    const named = examples.map(([name, { value }]) => ({ ...base, name, body: value }));
    return (named.length > 0 ? named : [{ ...base, name: 'as it is' }]).map((call) => ({ ...found, call }));
  });
  // What names a thing comes after what makes it, what reads it after both, and what takes it away last.
  const ordered = ['PUT', 'POST', 'PATCH', 'GET', 'DELETE'].flatMap((wanted) =>
    calls.filter(({ method }) => method === wanted),
  );

  describe('each example', () => {
    it.each(ordered.map((one) => [`${one.operation.operationId}: ${one.call.name}`, one] as const))(
      '%s is answered as described',
      async (_name, found) => {
        await follow(found, await held(found, found.call), found.call.name);
      },
    );

    it('leaves no operation of the document untried', () => {
      const untried = described.map(({ operation }) => operation.operationId).filter((id) => !run.has(id));
      expect(untried).toEqual([]);
    });
  });
}
