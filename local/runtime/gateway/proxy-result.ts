import type { Invocation } from '../functions/invocation.ts';
import { payloadJson } from '../functions/invocation.ts';
import { isObject, type Json } from '../template/template.ts';

export interface ProxyAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: Buffer;
}

/**
 * A function's answer as HTTP, or undefined when it is no proxy response (a 502 to the caller): `statusCode` must be an
 * integer, `body` text, headers plain values.
 */
export function proxyAnswer(
  invocation: Invocation,
  binaryMediaTypes: readonly string[],
): ProxyAnswer | undefined {
  if (invocation.functionError) return undefined;
  const result = payloadJson<Json>(invocation);
  if (!isObject(result)) return undefined;
  const status = Number(result['statusCode']);
  const headers = headersOf(result['headers'], result['multiValueHeaders']);
  const body = result['body'] ?? '';
  if (!Number.isInteger(status) || status < 200 || status > 599 || !headers || typeof body !== 'string')
    return undefined;
  // Base64 is undone only for APIs that declare binary media types; others hand the text on as it is.
  const decodes = result['isBase64Encoded'] === true && binaryMediaTypes.length > 0;
  return { status, headers, body: Buffer.from(body, decodes ? 'base64' : 'utf8') };
}

function headersOf(
  single: Json | undefined,
  multi: Json | undefined,
): Record<string, string | string[]> | undefined {
  const out: Record<string, string | string[]> = { 'content-type': 'application/json' };
  for (const [name, value] of Object.entries(isObject(single) ? single : {})) {
    if (typeof value === 'object') return undefined;
    out[name.toLowerCase()] = String(value);
  }
  for (const [name, values] of Object.entries(isObject(multi) ? multi : {})) {
    if (!Array.isArray(values)) return undefined;
    out[name.toLowerCase()] = values.map(String);
  }
  // The gateway counts and frames the body itself.
  delete out['content-length'];
  delete out['transfer-encoding'];
  delete out['connection'];
  return out;
}
