import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { logger } from '../../shared/telemetry.ts';
import { written } from './check.ts';
import { badRequest, PinpointError } from './errors.ts';
import type { EngineCtx, OperationName, Operations } from './operation.ts';
import { apiPath, inputOf, type WireRequest } from './request.ts';
import { routerOf } from './router.ts';
import { membersOf, type OperationSchema } from './shape.ts';

export type EngineHandler = (event: APIGatewayProxyEvent, context: Context) => Promise<APIGatewayProxyResult>;

export interface EngineDoor {
  readonly schemas: readonly OperationSchema[];
  readonly operations: Operations;
  /** Throws ForbiddenException unless the request carries a valid signature; returns the access key id. */
  readonly authenticate: (event: APIGatewayProxyEvent, request: WireRequest, now: number) => Promise<string>;
  readonly newId: () => string;
  readonly region: string;
}

const MAX_IDEMPOTENCY_KEY = 255;
/** DynamoDB's words for "slow down": the caller's client then backs off by itself. */
const THROTTLED = new Set([
  'ThrottlingException',
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
]);

const present = <Value>(values: Readonly<Record<string, Value | undefined>> | null): [string, Value][] =>
  Object.entries(values ?? {}).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]]));

/** The wire's view of an API Gateway proxy event; `requestContext.path` is the path as the client sent it. */
export function wireRequestOf(event: APIGatewayProxyEvent): WireRequest {
  const single = present(event.queryStringParameters).map(([key, value]) => [key, [value]] as const);
  const multiple = present(event.multiValueQueryStringParameters);
  const headers = [
    ...present(event.headers),
    ...present(event.multiValueHeaders ?? null).map(([key, values]) => [key, values.join(',')] as const),
  ];
  return {
    method: event.httpMethod,
    rawPath: event.requestContext.path ?? event.path,
    query: Object.fromEntries(multiple.length > 0 ? multiple : single),
    headers: Object.fromEntries(headers.map(([key, value]) => [key.toLowerCase(), value])),
    body: event.isBase64Encoded
      ? Buffer.from(event.body ?? '', 'base64').toString('utf8')
      : (event.body ?? ''),
  };
}

/** A direct invocation has no API id: IAM let the caller in. What came through API Gateway must prove itself. */
const isDirect = (event: APIGatewayProxyEvent): boolean => event.requestContext.apiId === undefined;

function idempotencyKeyOf(headers: WireRequest['headers']): { idempotencyKey?: string } {
  const key = headers['idempotency-key'];
  if (key === undefined) return {};
  if (key.length === 0 || key.length > MAX_IDEMPOTENCY_KEY) {
    throw badRequest(`Idempotency-Key has ${key.length} characters; 1 to ${MAX_IDEMPOTENCY_KEY} are allowed`);
  }
  return { idempotencyKey: key };
}

/** The account of the engine is its function's: `arn:aws:lambda:<region>:<account>:function:<name>`. */
const accountOf = (context: Context): string => context.invokedFunctionArn.split(':')[4] ?? '';

async function contextOf(
  door: EngineDoor,
  event: APIGatewayProxyEvent,
  context: Context,
  request: WireRequest,
): Promise<EngineCtx> {
  const now = Date.now();
  return {
    actor: isDirect(event) ? 'iam' : await door.authenticate(event, request, now),
    requestId: event.requestContext.requestId ?? context.awsRequestId,
    now,
    deadline: now + context.getRemainingTimeInMillis(),
    region: door.region,
    accountId: accountOf(context),
    newId: door.newId,
    ...idempotencyKeyOf(request.headers),
  };
}

/**
 * 405 and not 501 or 503, which are not modelled or are retried: the call is understood, and will never work on this
 * engine (docs/pinpoint-api.md).
 */
function notThereYet(name: OperationName): PinpointError {
  return new PinpointError(
    'MethodNotAllowedException',
    `${name} is not implemented by Repoint's engine yet; docs/pinpoint-api.md lists the operations that are`,
  );
}

/** `inputOf` judges an input by the schema of its operation, which is where the client's types come from. */
function runnerOf(operations: Operations, name: OperationName) {
  const run = operations[name] as ((input: unknown, ctx: EngineCtx) => Promise<object>) | undefined;
  if (!run) throw notThereYet(name);
  return run;
}

const reply = (
  statusCode: number,
  requestId: string,
  body: unknown,
  errorType?: string,
): APIGatewayProxyResult => ({
  statusCode,
  headers: {
    'content-type': 'application/json',
    'x-amzn-requestid': requestId,
    ...(errorType === undefined ? {} : { 'x-amzn-errortype': errorType }),
  },
  body: body === undefined ? '' : JSON.stringify(body),
});

/** Pinpoint's wire body is the bare payload member; an operation without one answers with nothing. */
function answer(schema: OperationSchema, output: object, requestId: string): APIGatewayProxyResult {
  const payload = membersOf(schema[5]).find(({ place }) => place === 'payload');
  const value = payload && (output as Record<string, unknown>)[payload.name];
  return reply(schema[3].http[2], requestId, payload && written(payload.schema, value));
}

function modelled(error: unknown): PinpointError {
  if (error instanceof PinpointError) return error;
  if (error instanceof Error && THROTTLED.has(error.name)) {
    return new PinpointError('TooManyRequestsException', 'Too many requests; try again shortly', error);
  }
  return new PinpointError(
    'InternalServerErrorException',
    'Something went wrong on the engine’s side',
    error,
  );
}

function failure(cause: unknown, requestId: string): APIGatewayProxyResult {
  const error = modelled(cause);
  if (error.status >= 500) {
    logger.error(error.message, { error: error.cause instanceof Error ? error.cause : error, requestId });
  } else {
    logger.info('request refused', { errorType: error.name, reason: error.message, requestId });
  }
  const body = { __type: error.name, Message: error.message, RequestID: requestId };
  return reply(error.status, requestId, body, error.name);
}

/** The engine's one handler for both of its doors: API Gateway (signed requests) and direct invocations (IAM). */
export function engineHandler(door: EngineDoor): EngineHandler {
  const router = routerOf(door.schemas);
  return async (event, context) => {
    logger.addContext(context);
    const requestId = event.requestContext.requestId ?? context.awsRequestId;
    try {
      const request = wireRequestOf(event);
      const ctx = await contextOf(door, event, context, request);
      const match = router(request.method, apiPath(request.rawPath));
      const run = runnerOf(door.operations, match.schema[2]);
      return answer(match.schema, await run(inputOf(match, request), ctx), requestId);
    } catch (error) {
      return failure(error, requestId);
    }
  };
}
