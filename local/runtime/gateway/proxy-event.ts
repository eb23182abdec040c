import type { RestApi } from './api.ts';
import type { Match } from './routes.ts';
import type { ApiKey } from './usage-plans.ts';

/** A request as it came over the connection. */
export interface GatewayRequest {
  readonly requestId: string;
  readonly method: string;
  /** The whole path as sent, percent-encoded, with whatever stands before the stage. */
  readonly rawPath: string;
  /** The part of it behind the stage, beginning with `/`. */
  readonly resourcePath: string;
  readonly query: string;
  /** Name, value, name, value …, as sent. */
  readonly rawHeaders: readonly string[];
  readonly body: Buffer;
  /** The peer of the connection. */
  readonly sourceIp: string;
  readonly protocol: string;
  /** Epoch ms. */
  readonly at: number;
}

type Values = Record<string, string>;
type MultiValues = Record<string, string[]>;

const lastOf = (values: MultiValues): Values =>
  Object.fromEntries(Object.entries(values).map(([name, all]) => [name, all.at(-1) ?? '']));

function collected(pairs: Iterable<readonly [string, string]>): MultiValues {
  const values = new Map<string, string[]>();
  for (const [name, value] of pairs) values.set(name, [...(values.get(name) ?? []), value]);
  return Object.fromEntries(values);
}

function headerPairs({ rawHeaders, sourceIp }: GatewayRequest): [string, string][] {
  const pairs: [string, string][] = [];
  for (let index = 0; index < rawHeaders.length; index += 2)
    pairs.push([rawHeaders[index] ?? '', rawHeaders[index + 1] ?? '']);
  const rest = pairs.filter(([name]) => name.toLowerCase() !== 'x-forwarded-for');
  const before = pairs.filter(([name]) => name.toLowerCase() === 'x-forwarded-for').map(([, value]) => value);
  return [...rest, ['X-Forwarded-For', [...before, sourceIp].join(', ')], ['X-Forwarded-Proto', 'http']];
}

/** The value of a header, whatever the case of its name; the last one if it came several times. */
export function header({ rawHeaders }: Pick<GatewayRequest, 'rawHeaders'>, name: string): string | undefined {
  for (let index = rawHeaders.length - 2; index >= 0; index -= 2)
    if (rawHeaders[index]?.toLowerCase() === name) return rawHeaders[index + 1];
  return undefined;
}

const MONTHS = 'Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec'.split(' ');

/** `21/Nov/2026:08:15:30 +0000` */
function requestTime(at: number): string {
  const iso = new Date(at).toISOString();
  return `${iso.slice(8, 10)}/${MONTHS[Number(iso.slice(5, 7)) - 1]}/${iso.slice(0, 4)}:${iso.slice(11, 19)} +0000`;
}

export function requestContext(
  api: RestApi,
  request: GatewayRequest,
  match: Match,
  key: ApiKey | undefined,
): Record<string, unknown> {
  const host = header(request, 'host') ?? '';
  return {
    resourceId: match.resource.id,
    resourcePath: match.resource.path,
    httpMethod: request.method,
    extendedRequestId: request.requestId,
    requestTime: requestTime(request.at),
    path: request.rawPath,
    accountId: api.accountId,
    protocol: request.protocol,
    stage: api.stage,
    domainPrefix: host.split(/[.:]/)[0] ?? '',
    requestTimeEpoch: request.at,
    requestId: request.requestId,
    identity: {
      cognitoIdentityPoolId: null,
      accountId: null,
      cognitoIdentityId: null,
      caller: null,
      sourceIp: request.sourceIp,
      principalOrgId: null,
      accessKey: null,
      cognitoAuthenticationType: null,
      cognitoAuthenticationProvider: null,
      userArn: null,
      userAgent: header(request, 'user-agent') ?? null,
      user: null,
      ...(key ? { apiKey: key.value, apiKeyId: key.id } : {}),
    },
    domainName: host,
    deploymentId: api.deploymentId,
    apiId: api.id,
  };
}

/** What a proxy event and a REQUEST authorizer's event have in common. */
export function requestFields(api: RestApi, request: GatewayRequest, match: Match): Record<string, unknown> {
  const headers = collected(headerPairs(request));
  const query = collected(new URLSearchParams(request.query));
  const hasQuery = Object.keys(query).length > 0;
  const { pathParameters } = match;
  return {
    resource: match.resource.path,
    path: request.resourcePath,
    httpMethod: request.method,
    headers: lastOf(headers),
    multiValueHeaders: headers,
    queryStringParameters: hasQuery ? lastOf(query) : null,
    multiValueQueryStringParameters: hasQuery ? query : null,
    pathParameters: Object.keys(pathParameters).length > 0 ? pathParameters : null,
    stageVariables: api.stageVariables,
  };
}

/** The event of a Lambda proxy integration (developer guide, "Input format of a Lambda function for proxy integration"). */
export function proxyEvent(
  api: RestApi,
  request: GatewayRequest,
  match: Match,
  admitted: { key: ApiKey | undefined; authorizer: Record<string, unknown> | undefined },
): Record<string, unknown> {
  const context = requestContext(api, request, match, admitted.key);
  const binary = isBinary(api.binaryMediaTypes, header(request, 'content-type'));
  return {
    ...requestFields(api, request, match),
    requestContext: admitted.authorizer ? { ...context, authorizer: admitted.authorizer } : context,
    body: request.body.length === 0 ? null : request.body.toString(binary ? 'base64' : 'utf8'),
    isBase64Encoded: request.body.length > 0 && binary,
  };
}

function isBinary(mediaTypes: readonly string[], contentType: string | undefined): boolean {
  const type = contentType?.split(';')[0]?.trim().toLowerCase() ?? '';
  const main = type.split('/')[0] ?? '';
  return mediaTypes.some((known) => known === '*/*' || known === type || known === `${main}/*`);
}
