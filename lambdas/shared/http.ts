import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import type { Ctx } from './context.ts';
import { type ErrorCode, invalid, RepointError } from './errors.ts';
import type { Idempotency } from './idempotency.ts';
import { count, logger } from './telemetry.ts';
import { isLonger } from './utf8.ts';
import { check, type Validator } from './validation.ts';

/** The one place where an error code becomes an HTTP status. */
const STATUS: Record<ErrorCode, number> = {
  validation: 400,
  forbidden: 403,
  not_found: 404,
  conflict: 409,
  too_large: 413,
  unprocessable: 422,
  too_many: 429,
  internal: 500,
  unavailable: 503,
};

/** The largest request body taken, in bytes: an asynchronous hop later must still hold it (Lambda takes 6 MB). */
export const MAX_BODY_BYTES = 5 * 1024 * 1024;
/** API Gateway's and Lambda's clocks differ by little; a key longer than this is a mistake, not a key. */
const MAX_IDEMPOTENCY_KEY = 255;

export interface HttpAnswer {
  readonly status: number;
  readonly body: unknown;
  /** The same request may fare better next time, so the answer is not remembered under its Idempotency-Key. */
  readonly passing?: boolean;
  /** Of a body that is a text as it stands; any other body is sent as JSON. */
  readonly contentType?: string;
}

export interface Request<Body> {
  readonly body: Body;
  /** Path parameters, percent-decoded. */
  readonly path: Readonly<Record<string, string>>;
  readonly query: Readonly<Record<string, string>>;
  /** Header names in lower case. */
  readonly headers: Readonly<Record<string, string>>;
  readonly sourceIp: string;
  /** What the API's stage says of itself, e.g. `door`. */
  readonly stageVariables: Readonly<Record<string, string>>;
}

type Run<Body> = (request: Request<Body>, ctx: Ctx) => Promise<HttpAnswer>;
export type Route = (event: APIGatewayProxyEvent, ctx: Ctx) => Promise<HttpAnswer>;
export type HttpHandler = (event: APIGatewayProxyEvent, context: Context) => Promise<APIGatewayProxyResult>;

const decoded = (values: Record<string, string | undefined> | null): Record<string, string> =>
  Object.fromEntries(
    Object.entries(values ?? {}).flatMap(([key, value]) => (value === undefined ? [] : [[key, value]])),
  );

const lowerCased = (headers: Record<string, string | undefined> | null): Record<string, string> =>
  Object.fromEntries(Object.entries(decoded(headers)).map(([key, value]) => [key.toLowerCase(), value]));

const percentDecoded = (path: Record<string, string>): Record<string, string> =>
  Object.fromEntries(Object.entries(path).map(([key, value]) => [key, decodeOrKeep(value)]));

function decodeOrKeep(value: string): string {
  try {
    return decodeURIComponent(value);
  } catch {
    return value;
  }
}

function requestOf<Body>(event: APIGatewayProxyEvent, body: Body): Request<Body> {
  return {
    body,
    path: percentDecoded(decoded(event.pathParameters)),
    query: decoded(event.queryStringParameters),
    headers: lowerCased(event.headers),
    sourceIp: event.requestContext.identity.sourceIp,
    stageVariables: decoded(event.stageVariables ?? null),
  };
}

function textOf(event: APIGatewayProxyEvent): string {
  const text = event.isBase64Encoded
    ? Buffer.from(event.body ?? '', 'base64').toString('utf8')
    : (event.body ?? '');
  if (isLonger(text, MAX_BODY_BYTES)) {
    throw new RepointError(
      'too_large',
      `The body has ${Buffer.byteLength(text)} bytes; at most ${MAX_BODY_BYTES} are allowed`,
    );
  }
  return text;
}

function parsedBody(event: APIGatewayProxyEvent): unknown {
  const text = textOf(event);
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new RepointError('validation', `The body is not valid JSON: ${(cause as Error).message}`, {
      cause,
    });
  }
}

/** A route without a body. */
export const get =
  (run: Run<undefined>): Route =>
  (event, ctx) =>
    run(requestOf(event, undefined), ctx);

/** A route whose JSON body is checked against a schema before `run` sees it. */
export const withBody =
  <Body>(validator: Validator<Body>, run: Run<Body>): Route =>
  (event, ctx) =>
    run(requestOf(event, check(validator, parsedBody(event))), ctx);

/** A route whose body is JSON but is judged by the verb itself (a batch where one bad entry must not spoil the rest). */
export const withJson =
  (run: Run<unknown>): Route =>
  (event, ctx) =>
    run(requestOf(event, parsedBody(event)), ctx);

/** A list as somebody sends it: by program, or as a spreadsheet saves it. */
export type Upload =
  | { readonly kind: 'json'; readonly body: unknown }
  | { readonly kind: 'csv'; readonly text: string };

/** A route that takes CSV when the content type says `text/csv`, else JSON; the verb itself judges either. */
export const withJsonOrCsv =
  (run: Run<Upload>): Route =>
  (event, ctx) => {
    const type = lowerCased(event.headers)['content-type'] ?? '';
    const upload: Upload = /^text\/csv\b/i.test(type)
      ? { kind: 'csv', text: textOf(event) }
      : { kind: 'json', body: parsedBody(event) };
    return run(requestOf(event, upload), ctx);
  };

/** A list as `Upload`, but a file as its bytes: what encoding they are in is for the verb to tell. */
export type FileUpload =
  | { readonly kind: 'json'; readonly body: unknown }
  | { readonly kind: 'csv'; readonly bytes: Uint8Array };

/** The largest file, in bytes: in base64, as the gateway hands bytes on, a third is added to it. */
export const MAX_FILE_BYTES = 4 * 1024 * 1024;

/** A route that takes a CSV file in whatever encoding when the content type says `text/csv`, else JSON. */
export const withJsonOrFile =
  (run: Run<FileUpload>): Route =>
  (event, ctx) => {
    const type = lowerCased(event.headers)['content-type'] ?? '';
    const upload: FileUpload = /^text\/csv\b/i.test(type)
      ? { kind: 'csv', bytes: bytesOf(event) }
      : { kind: 'json', body: parsedBody(event) };
    return run(requestOf(event, upload), ctx);
  };

function bytesOf(event: APIGatewayProxyEvent): Uint8Array {
  const bytes = Buffer.from(event.body ?? '', event.isBase64Encoded ? 'base64' : 'utf8');
  if (bytes.length <= MAX_FILE_BYTES) return bytes;
  throw new RepointError(
    'too_large',
    `The file has ${bytes.length} bytes; at most ${MAX_FILE_BYTES} are allowed`,
  );
}

/** A route whose body may be left out: it is `{}` then. */
export const withOptionalJson =
  (run: Run<unknown>): Route =>
  (event, ctx) =>
    run(requestOf(event, event.body ? parsedBody(event) : {}), ctx);

/** Carries a passing answer past the store, which remembers only what is returned. */
class PassingAnswer extends Error {
  constructor(readonly answer: HttpAnswer) {
    super('a passing answer');
  }
}

async function remembered(route: Route, event: APIGatewayProxyEvent, ctx: Ctx): Promise<HttpAnswer> {
  const answer = await route(event, ctx);
  if (answer.passing) throw new PassingAnswer(answer);
  return answer;
}

/** Answers a repeat of the same Idempotency-Key with the first answer; the same key with another body is refused (422). */
export const idempotent =
  (store: Idempotency, route: Route): Route =>
  async (event, ctx) => {
    if (ctx.idempotencyKey === undefined) return route(event, ctx);
    const key = `${event.httpMethod} ${event.path} ${ctx.actor} ${ctx.idempotencyKey}`;
    const keyed = { key, body: event.body ?? '', deadline: ctx.deadline };
    try {
      return await store.once(keyed, () => remembered(route, event, ctx));
    } catch (error) {
      if (error instanceof PassingAnswer) return error.answer;
      throw error;
    }
  };

function contextOf(event: APIGatewayProxyEvent, context: Context): Ctx {
  const key = lowerCased(event.headers)['idempotency-key'];
  if (key !== undefined && (key.length === 0 || key.length > MAX_IDEMPOTENCY_KEY)) {
    throw invalid([
      {
        field: 'Idempotency-Key',
        message: `Idempotency-Key must have 1 to ${MAX_IDEMPOTENCY_KEY} characters`,
      },
    ]);
  }
  return {
    actor: event.requestContext.identity.apiKeyId ?? 'anonymous',
    requestId: event.requestContext.requestId,
    now: Date.now(),
    deadline: Date.now() + context.getRemainingTimeInMillis(),
    ...(key === undefined ? {} : { idempotencyKey: key }),
  };
}

const JSON_TYPE = 'application/json; charset=utf-8';
const sent = ({ status, body, contentType }: HttpAnswer, requestId: string): APIGatewayProxyResult => ({
  statusCode: status,
  headers: { 'content-type': contentType ?? JSON_TYPE, 'x-request-id': requestId },
  body: contentType === undefined ? JSON.stringify(body) : String(body),
});

function failure(cause: unknown, requestId: string): APIGatewayProxyResult {
  const error =
    cause instanceof RepointError
      ? cause
      : new RepointError('internal', 'Something went wrong on our side', { cause });
  const ours = STATUS[error.code] >= 500;
  count(ours ? 'Failed' : 'Refused');
  if (ours)
    logger.error(error.message, { error: error.cause instanceof Error ? error.cause : error, requestId });
  else logger.info('request refused', { code: error.code, field: error.field, requestId });
  const body = { code: error.code, message: error.message, field: error.field ?? null, requestId };
  const told = error.problems.length > 1 ? { ...body, problems: error.problems } : body;
  return sent({ status: STATUS[error.code], body: told }, requestId);
}

/**
 * The handler of an API function. Routes are keyed as API Gateway names them, e.g. `PUT /members/{userId}`;
 * every error leaves in one shape: `{ code, message, field, requestId }`, with `problems` when there are several.
 */
export function httpHandler(routes: Readonly<Record<string, Route>>): HttpHandler {
  return async (event, context) => readableByPages(event, await answered(routes, event, context));
}

async function answered(
  routes: Readonly<Record<string, Route>>,
  event: APIGatewayProxyEvent,
  context: Context,
): Promise<APIGatewayProxyResult> {
  const requestId = event.requestContext.requestId;
  logger.addContext(context);
  try {
    const route = routes[`${event.httpMethod} ${event.resource}`];
    if (!route) throw new RepointError('not_found', `There is no ${event.httpMethod} ${event.path}`);
    const answer = await route(event, contextOf(event, context));
    return sent(answer, requestId);
  } catch (error) {
    return failure(error, requestId);
  }
}

/**
 * On the public door a page may read the answer, or its script would take every accepted event for a failure. Which
 * origins may post at all is settled before, by the gateway's answer to the preflight that `x-api-key` calls for.
 */
function readableByPages(event: APIGatewayProxyEvent, result: APIGatewayProxyResult): APIGatewayProxyResult {
  if (event.stageVariables?.['door'] !== 'public') return result;
  return { ...result, headers: { ...result.headers, 'access-control-allow-origin': '*' } };
}
