import type { IncomingMessage } from 'node:http';
import { invalidRequest, notImplemented, S3Error } from './errors.ts';
import type { Headers } from './receive.ts';

export interface S3Request {
  readonly method: string;
  readonly bucket: string | undefined;
  readonly key: string | undefined;
  readonly query: ReadonlyMap<string, string>;
  readonly headers: Headers;
  readonly body: IncomingMessage;
}

export interface S3Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string | NodeJS.ReadableStream;
}

const SIGNING = new Set([
  'x-amz-algorithm',
  'x-amz-credential',
  'x-amz-date',
  'x-amz-expires',
  'x-amz-signedheaders',
  'x-amz-signature',
  'x-amz-content-sha256',
  'x-amz-security-token',
]);

/** Headers every operation may carry, without meaning for the answer here. */
const COMMON = new Set([
  ...SIGNING,
  'x-amz-user-agent',
  'x-amz-sdk-checksum-algorithm',
  'x-amz-expected-bucket-owner',
  'x-amz-request-payer',
  'x-amz-checksum-mode',
]);

/**
 * Reads method, bucket, key and query of a request, path-style or virtual-host-style. A pre-signed request says in its
 * query what others say in headers; the checksum of a body that was not known when it was signed is passed over.
 */
export function readRequest(body: IncomingMessage, buckets: ReadonlySet<string>): S3Request {
  const [rawPath = '/', rawQuery = ''] = splitOnce(body.url ?? '/', '?');
  const headers: Record<string, string | undefined> = {};
  for (const [name, value] of Object.entries(body.headers)) headers[name] = String(value);
  const query = new Map<string, string>();
  for (const [name, value] of new URLSearchParams(rawQuery)) {
    const lower = name.toLowerCase();
    if (!lower.startsWith('x-amz-')) query.set(name, value);
    else if (!lower.startsWith('x-amz-checksum-') || lower === 'x-amz-checksum-mode')
      headers[lower] ??= value;
  }
  query.delete('x-id'); // The SDK's name of the operation, for access logs.
  const hosted = [...buckets].find((bucket) => (headers['host'] ?? '').startsWith(`${bucket}.`));
  const path = decodePath(rawPath.slice(1));
  const [bucket, key] = hosted ? [hosted, path] : splitOnce(path, '/');
  return {
    method: body.method ?? 'GET',
    bucket: bucket || undefined,
    key: key || undefined,
    query,
    headers,
    body,
  };
}

function splitOnce(text: string, separator: string): [string, string | undefined] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, undefined] : [text.slice(0, at), text.slice(at + 1)];
}

function decodePath(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw new S3Error('InvalidURI', 400, "Couldn't parse the specified URI.");
  }
}

/** Refuses anonymous requests and pre-signed ones past their time. Signatures themselves are not verified. */
export function checkSigned({ headers }: S3Request, now: number): void {
  if (headers['authorization']) return;
  if (!headers['x-amz-signature'])
    throw new S3Error('AccessDenied', 403, 'Access Denied: the request is not signed');
  const date = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(headers['x-amz-date'] ?? '');
  if (!date) throw new S3Error('AuthorizationQueryParametersError', 400, 'X-Amz-Date is not a time');
  const signedAt = Date.parse(`${date[1]}-${date[2]}-${date[3]}T${date[4]}:${date[5]}:${date[6]}Z`);
  if (now > signedAt + Number(headers['x-amz-expires'] ?? 0) * 1000)
    throw new S3Error('AccessDenied', 403, 'Request has expired');
}

/** Refuses query parameters and x-amz headers that the operation does not know here. */
export function onlyKnown(request: S3Request, query: readonly string[], headers: readonly string[]): void {
  for (const name of request.query.keys())
    if (!query.includes(name)) throw notImplemented(`${request.method} with the query parameter ${name}`);
  for (const name of Object.keys(request.headers)) {
    if (!name.startsWith('x-amz-') || COMMON.has(name) || headers.includes(name)) continue;
    if (headers.includes('x-amz-meta-*') && name.startsWith('x-amz-meta-')) continue;
    if (
      headers.includes('x-amz-checksum-*') &&
      /^x-amz-(checksum-|trailer$|decoded-content-length$)/.test(name)
    )
      continue;
    throw notImplemented(`the header ${name} on ${request.method}`);
  }
}

/** Reads a small XML body. */
export async function readXml(body: AsyncIterable<Buffer>): Promise<string> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of body) {
    size += chunk.length;
    if (size > 4 * 1024 * 1024) throw invalidRequest('The XML body is larger than any S3 takes');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString('utf8');
}
