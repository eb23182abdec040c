import { ResponseType, type RestApi } from 'aws-cdk-lib/aws-apigateway';

/** How an API tells its errors: our own shape (spec, "Error bodies have one shape"), or Pinpoint's. */
export interface ErrorShape {
  readonly template: (failure: GatewayFailure) => string;
  readonly headers: (failure: GatewayFailure) => Record<string, string>;
}

/** An error API Gateway makes before any function runs. */
interface GatewayFailure {
  readonly type: ResponseType;
  readonly status: number;
  /** Our code, as in lambdas/shared/errors.ts. */
  readonly code: string;
  /** Pinpoint's exception. */
  readonly exception: string;
  /** A JSON string, or the gateway's own message where that says what is wrong. */
  readonly message: string;
}

const ITS_OWN = '$context.error.messageString';

const failure = (
  type: ResponseType,
  status: number,
  code: string,
  exception: string,
  message = ITS_OWN,
): GatewayFailure => ({ type, status, code, exception: `${exception}Exception`, message });

const NO_KEY = '"The x-api-key header is missing, or its key is not known here"';
/** The gateway calls an unknown route a missing authentication token. */
const NO_ROUTE = '"There is no such route"';

const FAILURES: readonly GatewayFailure[] = [
  failure(ResponseType.ACCESS_DENIED, 403, 'forbidden', 'Forbidden'),
  failure(ResponseType.INVALID_API_KEY, 403, 'forbidden', 'Forbidden', NO_KEY),
  failure(ResponseType.UNAUTHORIZED, 401, 'forbidden', 'Forbidden'),
  failure(ResponseType.MISSING_AUTHENTICATION_TOKEN, 404, 'not_found', 'NotFound', NO_ROUTE),
  failure(ResponseType.RESOURCE_NOT_FOUND, 404, 'not_found', 'NotFound', NO_ROUTE),
  failure(ResponseType.BAD_REQUEST_BODY, 400, 'validation', 'BadRequest'),
  failure(ResponseType.BAD_REQUEST_PARAMETERS, 400, 'validation', 'BadRequest'),
  failure(ResponseType.REQUEST_TOO_LARGE, 413, 'too_large', 'PayloadTooLarge'),
  failure(ResponseType.THROTTLED, 429, 'too_many', 'TooManyRequests'),
  failure(ResponseType.QUOTA_EXCEEDED, 429, 'too_many', 'TooManyRequests'),
  failure(ResponseType.INTEGRATION_TIMEOUT, 503, 'unavailable', 'InternalServerError'),
  failure(ResponseType.DEFAULT_4XX, 400, 'validation', 'BadRequest'),
  failure(ResponseType.DEFAULT_5XX, 500, 'internal', 'InternalServerError'),
];

/** `{ code, message, field, requestId }`, as lambdas/shared/http.ts answers. */
export const OUR_ERRORS: ErrorShape = {
  template: ({ code, message }) =>
    `{"code":"${code}","message":${message},"field":null,"requestId":"$context.requestId"}`,
  headers: () => ({ 'x-request-id': 'context.requestId' }),
};

/** Pinpoint's clients take the kind of error from a header. */
export const PINPOINT_ERRORS: ErrorShape = {
  template: ({ message }) => `{"Message":${message},"RequestID":"$context.requestId"}`,
  headers: ({ exception }) => ({ 'x-amzn-ErrorType': `'${exception}'` }),
};

/** Gives the gateway's own errors the shape of the API's functions; `headers` go with each of them. */
export function shapeGatewayErrors(
  api: RestApi,
  shape: ErrorShape,
  headers: Readonly<Record<string, string>> = {},
): void {
  for (const one of FAILURES) {
    api.addGatewayResponse(one.type.responseType, {
      type: one.type,
      // A default stands for many statuses and keeps each; the others are ours to choose.
      ...(one.type.responseType.startsWith('DEFAULT') ? {} : { statusCode: String(one.status) }),
      responseHeaders: { ...shape.headers(one), ...headers },
      templates: { 'application/json': shape.template(one) },
    });
  }
}
