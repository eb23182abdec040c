import type { APIGatewayProxyEvent, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import type { WireRequest } from '../protocol/request.ts';
import { parseAuthorization } from './sigv4.ts';

/** An authorizer's context holds flat strings: the headers travel as one JSON text under this name. */
const CONTEXT_KEY = 'signedHeaders';

const lowerCased = (headers: Readonly<Record<string, string | undefined>> | null): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers ?? {}).flatMap(([name, value]) =>
      value === undefined ? [] : [[name.toLowerCase(), value]],
    ),
  );

/**
 * What verification needs of the request's headers, for the authorizer to hand on: API Gateway may keep
 * `Authorization` from the integration. Empty when the request is not signed.
 */
export function handOver(event: Pick<APIGatewayRequestAuthorizerEvent, 'headers'>): Record<string, string> {
  const headers = lowerCased(event.headers);
  const authorization = parseAuthorization(headers['authorization'] ?? '');
  if (!authorization) return {};
  const names = ['authorization', 'x-amz-date', 'x-amz-security-token', ...authorization.signedHeaders];
  const kept = [...new Set(names)].flatMap((name) =>
    headers[name] === undefined ? [] : [[name, headers[name]]],
  );
  return { [CONTEXT_KEY]: JSON.stringify(Object.fromEntries(kept)) };
}

function handedOver(event: APIGatewayProxyEvent): Record<string, string> {
  const text: unknown = event.requestContext.authorizer?.[CONTEXT_KEY];
  return typeof text === 'string' ? (JSON.parse(text) as Record<string, string>) : {};
}

/**
 * The request as it was signed: headers the authorizer saw win over those that reached the integration, and
 * `content-length`, which API Gateway drops, is that of the body.
 */
export function asSigned(event: APIGatewayProxyEvent, request: WireRequest): WireRequest {
  const contentLength = String(Buffer.byteLength(request.body));
  return {
    ...request,
    headers: { 'content-length': contentLength, ...request.headers, ...handedOver(event) },
  };
}
