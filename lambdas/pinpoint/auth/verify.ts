import { forbidden } from '../protocol/errors.ts';
import type { WireRequest } from '../protocol/request.ts';
import { type Authorization, parseAuthorization, sameSignature, sha256, signatureOf } from './sigv4.ts';

/** The engine's own key pairs; they are not AWS keys. */
export interface KeyPairs {
  /** The secret of an access key id; undefined when there is no such key. */
  secretOf(accessKeyId: string): Promise<string | undefined>;
}

/** What stock clients sign for: Pinpoint's signing name, or API Gateway's. */
const SERVICES = ['mobiletargeting', 'execute-api'];
/** How far a client's clock may be off, as AWS allows. */
const MAX_SKEW_MS = 15 * 60 * 1000;
const DATE_TIME = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/;

function authorizationOf(headers: WireRequest['headers']): Authorization {
  const header = headers['authorization'];
  if (!header) throw forbidden('Missing Authentication Token: the request carries no Authorization header');
  const authorization = parseAuthorization(header);
  if (!authorization) throw forbidden('The Authorization header is not an AWS4-HMAC-SHA256 signature');
  if (!SERVICES.includes(authorization.service)) {
    throw forbidden(`The request is signed for ${authorization.service}; allowed: ${SERVICES.join(', ')}`);
  }
  return authorization;
}

/** The moment of signing, from a signed `x-amz-date`: unsigned, anyone could move it. */
function dateTimeOf(
  { day, signedHeaders }: Authorization,
  headers: WireRequest['headers'],
  now: number,
): string {
  const missing = ['host', 'x-amz-date'].filter((name) => !signedHeaders.includes(name));
  if (missing.length > 0) throw forbidden(`The signature must cover the headers ${missing.join(', ')}`);
  const dateTime = headers['x-amz-date'] ?? '';
  const [, year, month, date, hour, minute, second] = DATE_TIME.exec(dateTime) ?? [];
  const signedAt = Date.parse(`${year}-${month}-${date}T${hour}:${minute}:${second}Z`);
  if (Number.isNaN(signedAt)) throw forbidden('x-amz-date is missing or not of the form yyyymmddThhmmssZ');
  if (dateTime.slice(0, 8) !== day) throw forbidden('The credential scope is of another day than x-amz-date');
  if (Math.abs(now - signedAt) > MAX_SKEW_MS) {
    throw forbidden(
      `Signature expired: x-amz-date ${dateTime} is more than 15 minutes from ${new Date(now).toISOString()}`,
    );
  }
  return dateTime;
}

/** A client that sends the hash of its body means it: it must be signed and right. */
function checkBodyHash({ headers, body }: WireRequest): void {
  const claimed = headers['x-amz-content-sha256'];
  if (claimed !== undefined && claimed !== sha256(body)) {
    throw forbidden('x-amz-content-sha256 is not the SHA-256 of the body');
  }
}

/**
 * Throws ForbiddenException unless one of the engine's key pairs signed this very request (method, path, query,
 * signed headers, body) within 15 minutes of `now`; returns the access key id. Messages never tell a secret or the
 * signature that would have been right.
 */
export async function verifySignature(keys: KeyPairs, request: WireRequest, now: number): Promise<string> {
  const authorization = authorizationOf(request.headers);
  const dateTime = dateTimeOf(authorization, request.headers, now);
  checkBodyHash(request);
  const secret = await keys.secretOf(authorization.accessKeyId);
  if (secret === undefined) throw forbidden(`There is no access key ${authorization.accessKeyId}`);
  const expected = signatureOf(request, authorization, dateTime, secret);
  if (!sameSignature(expected, authorization.signature)) {
    throw forbidden(
      'The request signature does not match: check the secret access key and that nothing changed the request',
    );
  }
  return authorization.accessKeyId;
}
