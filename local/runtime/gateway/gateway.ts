import { randomUUID } from 'node:crypto';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { performance } from 'node:perf_hooks';
import type { Clock } from '../../clock.ts';
import { type Invocation, MAX_REQUEST_BYTES } from '../functions/invocation.ts';
import type { Invoker } from '../sources/ports.ts';
import type { Integration, RestApi } from './api.ts';
import { authorize } from './authorize.ts';
import type { ResponseType } from './gateway-responses.ts';
import { type GatewayRequest, header, proxyEvent } from './proxy-event.ts';
import { type ProxyAnswer, proxyAnswer } from './proxy-result.ts';
import { readBody } from './read-body.ts';
import { type Match, matchRoute } from './routes.ts';
import type { ApiKey } from './usage-plans.ts';

interface GatewayDeps {
  readonly functions: Invoker;
  readonly clock: Clock;
}

/** An answer API Gateway gives in a function's stead. */
class Refusal extends Error {
  readonly type: ResponseType;
  constructor(type: ResponseType, message: string) {
    super(message);
    this.type = type;
  }
}

const encoder = new TextEncoder();

/**
 * Serves REST APIs as API Gateway does: resource policy, route, authorizer, API key and throttle, then the function,
 * with API Gateway's limits and its own error answers.
 */
export class Gateway {
  private readonly deps: GatewayDeps;

  constructor(deps: GatewayDeps) {
    this.deps = deps;
  }

  /** `basePath` is what stands in `request.url` before the resource path, e.g. `/v1` or `/public/v1`. */
  async serve(
    api: RestApi,
    basePath: string,
    incoming: IncomingMessage,
    response: ServerResponse,
  ): Promise<void> {
    const body = await readBody(incoming);
    if (body === 'aborted') return;
    const [rawPath = '', query = ''] = splitOnce(incoming.url ?? '/', '?');
    const request: GatewayRequest = {
      requestId: randomUUID(),
      method: incoming.method ?? 'GET',
      rawPath,
      resourcePath: rawPath.slice(basePath.length) || '/',
      query,
      rawHeaders: incoming.rawHeaders,
      body: body === 'too-large' ? Buffer.alloc(0) : body,
      sourceIp: incoming.socket.remoteAddress ?? '',
      protocol: `HTTP/${incoming.httpVersion}`,
      at: this.deps.clock.now(),
    };
    const answer = await this.answer(api, request, body === 'too-large');
    response.writeHead(answer.status, {
      ...answer.headers,
      'x-amzn-requestid': request.requestId,
      'content-length': answer.body.length,
    });
    response.end(answer.body);
  }

  private async answer(api: RestApi, request: GatewayRequest, tooLarge: boolean): Promise<ProxyAnswer> {
    const match = matchRoute(api.root, request.method, request.resourcePath);
    try {
      return await this.admitted(api, request, match, tooLarge);
    } catch (error) {
      if (!(error instanceof Refusal)) throw error;
      const { status, headers, body } = api.responses.answer(error.type, error.message, {
        requestId: request.requestId,
        extendedRequestId: request.requestId,
        httpMethod: request.method,
        path: request.rawPath,
        resourcePath: match?.resource.path ?? '',
        stage: api.stage,
        apiId: api.id,
        identity: { sourceIp: request.sourceIp },
      });
      return { status, headers, body: Buffer.from(body) };
    }
  }

  private async admitted(
    api: RestApi,
    request: GatewayRequest,
    match: Match | undefined,
    tooLarge: boolean,
  ): Promise<ProxyAnswer> {
    const methodArn = `${api.arn}/${api.stage}/${request.method}${request.resourcePath}`;
    checkPolicy(api, request, methodArn);
    if (!match) throw new Refusal('MISSING_AUTHENTICATION_TOKEN', 'Missing Authentication Token');
    if (tooLarge) throw new Refusal('REQUEST_TOO_LARGE', 'HTTP content length exceeded 10485760 bytes.');
    const { authorizer, integration } = match.method;
    const authorization =
      authorizer && (await authorize(authorizer, { api, request, match, methodArn }, this.deps.functions));
    if (authorization?.kind === 'refused') throw new Refusal(authorization.type, authorization.message);
    const key = checkKey(api, request, match);
    if (integration.kind === 'mock')
      return { status: integration.status, headers: integration.headers, body: Buffer.alloc(0) };
    const event = proxyEvent(api, request, match, { key, authorizer: authorization?.context });
    return this.integrated(api, integration, event);
  }

  private async integrated(
    api: RestApi,
    integration: Integration & { kind: 'function' },
    event: object,
  ): Promise<ProxyAnswer> {
    const payload = encoder.encode(JSON.stringify(event));
    if (payload.byteLength > MAX_REQUEST_BYTES)
      throw new Refusal('REQUEST_TOO_LARGE', `Request must be smaller than ${MAX_REQUEST_BYTES} bytes`);
    const invocation = await withinTime(
      this.deps.functions.invoke(integration.functionArn, payload),
      integration.timeoutMs,
    );
    if (!invocation) throw new Refusal('INTEGRATION_TIMEOUT', 'Endpoint request timed out');
    const answer = proxyAnswer(invocation, api.binaryMediaTypes);
    if (!answer) throw new Refusal('DEFAULT_5XX', 'Internal server error');
    return answer;
  }
}

function checkPolicy(api: RestApi, { sourceIp }: GatewayRequest, methodArn: string): void {
  const verdict = api.policy?.({ resourceArn: methodArn, sourceIp }) ?? 'allow';
  if (verdict === 'allow') return;
  const masked = methodArn.replace(/:\d{8}(\d{4}):/, ':********$1:');
  const explicit = verdict === 'explicit-deny' ? ' with an explicit deny' : '';
  throw new Refusal(
    'ACCESS_DENIED',
    `User: anonymous is not authorized to perform: execute-api:Invoke on resource: ${masked}${explicit}`,
  );
}

function checkKey(api: RestApi, request: GatewayRequest, { method }: Match): ApiKey | undefined {
  const now = performance.now();
  let key: ApiKey | undefined;
  if (method.apiKeyRequired) {
    const verdict = api.usagePlans.admit(header(request, 'x-api-key'), now);
    if (verdict.kind === 'unknown') throw new Refusal('INVALID_API_KEY', 'Forbidden');
    if (verdict.kind === 'throttled') throw new Refusal('THROTTLED', 'Too Many Requests');
    key = verdict.key;
  }
  if (method.throttle && !method.throttle.take(now)) throw new Refusal('THROTTLED', 'Too Many Requests');
  return key;
}

/** The invocation, or undefined when it takes longer; the function itself runs on, as in AWS. */
async function withinTime(invocation: Promise<Invocation>, ms: number): Promise<Invocation | undefined> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), ms);
  });
  try {
    return await Promise.race([invocation, limit]);
  } finally {
    clearTimeout(timer);
  }
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ''] : [text.slice(0, at), text.slice(at + 1)];
}
