import { createHash, createHmac, timingSafeEqual } from 'node:crypto';
import type { WireRequest } from '../protocol/request.ts';

/** The parts of `Authorization: AWS4-HMAC-SHA256 Credential=…, SignedHeaders=…, Signature=…`. */
export interface Authorization {
  readonly accessKeyId: string;
  /** yyyymmdd */
  readonly day: string;
  readonly region: string;
  readonly service: string;
  /** Lower case, sorted. */
  readonly signedHeaders: readonly string[];
  readonly signature: string;
}

const ALGORITHM = 'AWS4-HMAC-SHA256';
const FORM =
  /^AWS4-HMAC-SHA256\s+Credential=([^/,\s]+)\/(\d{8})\/([^/,\s]+)\/([^/,\s]+)\/aws4_request,\s*SignedHeaders=([^,\s]+),\s*Signature=([0-9a-f]{64})$/;

/** undefined when the header is not a SigV4 authorization. */
export function parseAuthorization(header: string): Authorization | undefined {
  const [, accessKeyId, day, region, service, headers, signature] = FORM.exec(header.trim()) ?? [];
  if (!accessKeyId || !day || !region || !service || !headers || !signature) return undefined;
  return { accessKeyId, day, region, service, signedHeaders: headers.split(';'), signature };
}

/** RFC 3986: everything but letters, digits and `-_.~`. */
const encoded = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);

/**
 * Every service but S3 signs the path as it is sent, encoded once more: a label that holds `%2F` is signed as `%252F`.
 * Empty parts and dots are folded first, as the SDKs do.
 */
export function canonicalPath(rawPath: string): string {
  const parts: string[] = [];
  for (const part of rawPath.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '' && part !== '.') parts.push(encoded(part));
  }
  return `/${parts.join('/')}${parts.length > 0 && rawPath.endsWith('/') ? '/' : ''}`;
}

export function canonicalQuery(query: WireRequest['query']): string {
  return Object.entries(query)
    .flatMap(([name, values]) => values.map((value) => `${encoded(name)}=${encoded(value)}`))
    .sort()
    .join('&');
}

export const sha256 = (text: string): string => createHash('sha256').update(text, 'utf8').digest('hex');
const hmac = (key: string | Buffer, text: string): Buffer =>
  createHmac('sha256', key).update(text, 'utf8').digest();

function canonicalRequest(request: WireRequest, signedHeaders: readonly string[]): string {
  const headers = signedHeaders.map(
    (name) => `${name}:${(request.headers[name] ?? '').trim().replace(/\s+/g, ' ')}\n`,
  );
  return [
    request.method,
    canonicalPath(request.rawPath),
    canonicalQuery(request.query),
    headers.join(''),
    signedHeaders.join(';'),
    sha256(request.body),
  ].join('\n');
}

/** The signature that `secretAccessKey` gives the request at `dateTime` (`yyyymmddThhmmssZ`), in hexadecimal. */
export function signatureOf(
  request: WireRequest,
  authorization: Omit<Authorization, 'signature'>,
  dateTime: string,
  secretAccessKey: string,
): string {
  const { day, region, service, signedHeaders } = authorization;
  const scope = `${day}/${region}/${service}/aws4_request`;
  const toSign = [ALGORITHM, dateTime, scope, sha256(canonicalRequest(request, signedHeaders))].join('\n');
  const key = [day, region, service, 'aws4_request'].reduce<string | Buffer>(hmac, `AWS4${secretAccessKey}`);
  return hmac(key, toSign).toString('hex');
}

export const sameSignature = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
