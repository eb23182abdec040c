import { InvokeCommand, LambdaClient } from '@aws-sdk/client-lambda';
import { PinpointClient, type PinpointClientConfig } from '@aws-sdk/client-pinpoint';

/** The parts of the SDK's HTTP request that the engine's function needs. */
interface SdkRequest {
  method: string;
  path: string;
  query?: Record<string, string | string[] | null>;
  headers: Record<string, string>;
  body?: string | Uint8Array;
}

/** The engine's answer, as API Gateway's proxy integration shapes it. */
interface ProxyResult {
  statusCode: number;
  headers?: Record<string, string>;
  body?: string;
}

/**
 * The official Pinpoint client, with a request handler that invokes the engine's function instead of opening a
 * connection: no key, no fixed address, and the same signed request (docs/adr: engine doors).
 */
export function enginePinpointClient(functionName: string, lambda = new LambdaClient({})): PinpointClient {
  return new PinpointClient({
    requestHandler: {
      metadata: { handlerProtocol: 'http/1.1' },
      handle: async (request: SdkRequest) => ({ response: await invoke(lambda, functionName, request) }),
      updateHttpClientConfig: () => undefined,
      httpHandlerConfigs: () => ({}),
      destroy: () => lambda.destroy(),
    },
  } as PinpointClientConfig);
}

/** Asks one of the engine's operations that are its own and not Pinpoint's (docs/pinpoint-api.md). */
export type EngineCall = (
  method: string,
  path: string,
  body?: unknown,
) => Promise<{ status: number; body: unknown }>;

/** Through the engine's function, as the Pinpoint client goes. */
export const engineCall =
  (functionName: string, lambda = new LambdaClient({})): EngineCall =>
  async (method, path, body) => {
    const request = { method, path, headers: { 'content-type': 'application/json' } };
    const sent = body === undefined ? request : { ...request, body: JSON.stringify(body) };
    const answer = await invoke(lambda, functionName, sent);
    return { status: answer.statusCode, body: JSON.parse(answer.body.toString('utf8') || '{}') };
  };

async function invoke(lambda: LambdaClient, functionName: string, request: SdkRequest) {
  const answer = await lambda.send(
    new InvokeCommand({
      FunctionName: functionName,
      Payload: Buffer.from(JSON.stringify(proxyEvent(request))),
    }),
  );
  const payload = Buffer.from(answer.Payload ?? new Uint8Array()).toString('utf8');
  if (answer.FunctionError)
    throw new Error(`The engine failed: ${answer.FunctionError} ${payload.slice(0, 500)}`);
  const result = JSON.parse(payload) as ProxyResult;
  return {
    statusCode: result.statusCode,
    headers: result.headers ?? {},
    body: Buffer.from(result.body ?? ''),
  };
}

/** A direct invocation has no `requestContext.apiId`: by that the engine knows that IAM already vouched for the caller. */
function proxyEvent(request: SdkRequest) {
  const multi = Object.entries(request.query ?? {}).map(
    ([key, value]) => [key, value === null ? [''] : [value].flat()] as const,
  );
  return {
    httpMethod: request.method,
    path: request.path,
    resource: '/{proxy+}',
    headers: request.headers,
    multiValueQueryStringParameters: Object.fromEntries(multi),
    queryStringParameters: Object.fromEntries(multi.map(([key, values]) => [key, values.at(-1) ?? ''])),
    body: request.body === undefined ? null : Buffer.from(request.body).toString('utf8'),
    isBase64Encoded: false,
    requestContext: { path: request.path, httpMethod: request.method, identity: { sourceIp: 'lambda' } },
  };
}
