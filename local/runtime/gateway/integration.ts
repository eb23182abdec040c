import { isObject, type Json, type JsonObject } from '../template/template.ts';
import type { Integration } from './api.ts';
import { functionArnOf } from './function-uri.ts';

/** API Gateway cuts an integration after 29 s unless told to earlier. */
const TIMEOUT_MS = 29_000;
const HEADER = 'method.response.header.';

/** Reads a method's Integration: a function behind AWS_PROXY, or a MOCK that answers preflight requests. */
export function integrationOf(integration: Json, where: string): Integration {
  if (!isObject(integration)) throw new Error(`${where}: a method needs an Integration`);
  switch (integration['Type']) {
    case 'AWS_PROXY':
      return {
        kind: 'function',
        functionArn: functionArnOf(String(integration['Uri'])),
        timeoutMs: Number(integration['TimeoutInMillis'] ?? TIMEOUT_MS),
      };
    case 'MOCK':
      return mockOf(integration, where);
    default:
      throw new Error(`${where}: integration type ${String(integration['Type'])} is not known`);
  }
}

/**
 * A mock's request template names an integration status; the response whose SelectionPattern fits it, else the one
 * without a pattern, gives the status and headers the caller sees.
 */
function mockOf(integration: JsonObject, where: string): Integration {
  const templates = integration['RequestTemplates'];
  const template = isObject(templates) ? String(templates['application/json']) : '';
  const status = /^\s*\{\s*"?statusCode"?\s*:\s*(\d{3})\s*\}\s*$/.exec(template)?.[1];
  const responses = [integration['IntegrationResponses'] ?? []].flat().filter(isObject);
  const response =
    responses.find(({ SelectionPattern: pattern }) => pattern && fits(String(pattern), status ?? '')) ??
    responses.find(({ SelectionPattern: pattern }) => !pattern);
  if (!status || !response)
    throw new Error(`${where}: a mock must be "{ statusCode: n }" with a response for n`);
  if (isObject(response['ResponseTemplates']) && Object.values(response['ResponseTemplates']).some(Boolean))
    throw new Error(`${where}: templates in a mock's response are not known`);
  return {
    kind: 'mock',
    status: Number(response['StatusCode']),
    headers: headersOf(response['ResponseParameters'], where),
  };
}

const fits = (pattern: string, status: string): boolean => new RegExp(`^(?:${pattern})$`).test(status);

function headersOf(parameters: Json | undefined, where: string): Record<string, string> {
  return Object.fromEntries(
    Object.entries(isObject(parameters) ? parameters : {}).map(([name, value]) => {
      const literal = /^'(.*)'$/s.exec(String(value))?.[1];
      if (!name.startsWith(HEADER) || literal === undefined)
        throw new Error(`${where}: response parameter ${name}: ${String(value)} is not known`);
      return [name.slice(HEADER.length).toLowerCase(), literal];
    }),
  );
}
