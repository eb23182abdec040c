import { PinpointClient, type PinpointClientConfig } from '@aws-sdk/client-pinpoint';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import type { EngineHandler } from '../../../lambdas/pinpoint/protocol/handler.ts';

/** A request as the client hands it to its transport: signed, encoded, complete. */
export interface SentRequest {
  method: string;
  hostname: string;
  path: string;
  query: Record<string, string | string[] | null>;
  headers: Record<string, string>;
  body?: string | Uint8Array;
}

export const ACCESS_KEY = { accessKeyId: 'AKIDEXAMPLE', secretAccessKey: 'example-secret' };
export const ACCOUNT = '123456789012';

export const lambdaContext = {
  awsRequestId: 'invocation-1',
  invokedFunctionArn: `arn:aws:lambda:ap-northeast-2:${ACCOUNT}:function:repoint-test-pinpoint-api`,
  getRemainingTimeInMillis: () => 29_000,
} as Context;

/** The client's bodies are strings or bytes; `Buffer.from` makes it warn about its own bytes. */
const textOf = (body: string | Uint8Array): string =>
  typeof body === 'string' ? body : new TextDecoder().decode(body);

/** The proxy event that an invocation (no `apiId`) or the engine's REST API makes of a request. */
export function proxyEventOf(request: SentRequest, apiId?: string): APIGatewayProxyEvent {
  const multiValueQueryStringParameters = Object.fromEntries(
    Object.entries(request.query).map(([key, value]) => [key, value === null ? [''] : [value].flat()]),
  );
  return {
    httpMethod: request.method,
    path: request.path,
    resource: '/{proxy+}',
    headers: request.headers,
    multiValueQueryStringParameters,
    queryStringParameters: null,
    body: request.body === undefined ? null : textOf(request.body),
    isBase64Encoded: false,
    requestContext: {
      path: request.path,
      requestId: 'request-1',
      identity: { sourceIp: '192.0.2.1' },
      ...(apiId === undefined ? {} : { apiId }),
    },
  } as unknown as APIGatewayProxyEvent;
}

/** The official client with `send` as its transport. */
export function clientOver(
  send: (request: SentRequest) => Promise<APIGatewayProxyResult>,
  config: PinpointClientConfig = {},
): PinpointClient {
  return new PinpointClient({
    region: 'ap-northeast-2',
    credentials: ACCESS_KEY,
    maxAttempts: 1,
    ...config,
    requestHandler: {
      metadata: { handlerProtocol: 'http/1.1' },
      handle: async (request: SentRequest) => {
        const { statusCode, headers, body } = await send(request);
        return { response: { statusCode, headers: headers ?? {}, body: Buffer.from(body) } };
      },
      updateHttpClientConfig: () => undefined,
      httpHandlerConfigs: () => ({}),
      destroy: () => undefined,
    },
  } as PinpointClientConfig);
}

/** The official client over the engine's handler in this process, as a direct invocation. */
export const clientOf = (handler: EngineHandler): PinpointClient =>
  clientOver((request) => handler(proxyEventOf(request), lambdaContext));

/** One hand-made request to the handler. */
export function raw(
  handler: EngineHandler,
  method: string,
  path: string,
  body?: string,
  query: SentRequest['query'] = {},
  headers: Record<string, string> = {},
): Promise<APIGatewayProxyResult> {
  const request = { method, path, query, hostname: 'example.com', headers };
  return handler(proxyEventOf(body === undefined ? request : { ...request, body }), lambdaContext);
}
