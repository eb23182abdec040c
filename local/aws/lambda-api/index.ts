import { randomUUID } from 'node:crypto';
import { AwsError } from '../../wire/aws-error.ts';
import { serve, type WireAnswer, type WireRequest } from '../../wire/server.ts';

export type InvocationType = 'RequestResponse' | 'Event';

export interface InvokeResult {
  /** What the handler returned, or `{ errorMessage, errorType, trace }` when it threw. */
  readonly payload: unknown;
  /** Set when the handler threw or ran out of time. */
  readonly functionError?: 'Unhandled' | 'Handled';
}

/**
 * Runs a function by its physical name. Resolves to undefined when there is no such function. For `Event` it resolves
 * as soon as the event is taken.
 */
export type Invoke = (
  name: string,
  payload: unknown,
  type: InvocationType,
) => Promise<InvokeResult | undefined>;

export interface LambdaApi {
  readonly url: string;
  close(): Promise<void>;
}

const PATH = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;
const MAX_BYTES: Readonly<Record<InvocationType, number>> = { RequestResponse: 6 * 2 ** 20, Event: 2 ** 20 };
/** A header that asks for something this stand-in does not do. */
const UNKNOWN_HEADERS = ['x-amz-client-context', 'x-amz-tenant-id', 'x-amz-durable-execution-name'];

/** The function's name in a name, a partial ARN (`account:function:name`) or an ARN, without its version. */
export function functionName(reference: string): string {
  const parts = reference.split(':');
  const at = parts.indexOf('function');
  return (at < 0 ? parts[0] : parts[at + 1]) ?? reference;
}

function typeOf({ headers }: WireRequest): InvocationType {
  const type = headers['x-amz-invocation-type'] ?? 'RequestResponse';
  if (type === 'RequestResponse' || type === 'Event') return type;
  throw new AwsError(
    'InvalidParameterValueException',
    `The local stand-in does not know the invocation type ${String(type)}`,
  );
}

function refuseUnknown({ headers, url }: WireRequest): void {
  const header = UNKNOWN_HEADERS.find((name) => headers[name] !== undefined);
  const tail = headers['x-amz-log-type'] !== undefined && headers['x-amz-log-type'] !== 'None';
  const unknown = header ?? (tail ? 'x-amz-log-type' : [...url.searchParams.keys()][0]);
  if (unknown !== undefined)
    throw new AwsError('InvalidParameterValueException', `The local stand-in does not know ${unknown}`);
}

function payloadOf({ body }: WireRequest, type: InvocationType): unknown {
  if (body.length > MAX_BYTES[type])
    throw new AwsError(
      'RequestTooLargeException',
      `${body.length} byte payload is too large for the ${type} invocation type (limit ${MAX_BYTES[type]} bytes)`,
      413,
    );
  try {
    return body.length === 0 ? {} : JSON.parse(body.toString('utf8'));
  } catch (cause) {
    throw new AwsError(
      'InvalidRequestContentException',
      `Could not parse request body into json: ${(cause as Error).message}`,
    );
  }
}

async function run(invoke: Invoke, request: WireRequest): Promise<WireAnswer> {
  const [, encoded] = PATH.exec(request.url.pathname) ?? [];
  if (request.method !== 'POST' || encoded === undefined)
    throw new AwsError(
      'UnknownOperationException',
      `The local stand-in does not know ${request.url.pathname}`,
      404,
    );
  refuseUnknown(request);
  const reference = decodeURIComponent(encoded);
  const name = functionName(reference);
  const type = typeOf(request);
  const result = await invoke(name, payloadOf(request, type), type);
  if (!result) {
    const arn = `arn:aws:lambda:ap-northeast-2:000000000000:function:${name}`;
    throw new AwsError('ResourceNotFoundException', `Function not found: ${arn}`, 404, { Type: 'User' });
  }
  if (type === 'Event') return { status: 202 };
  return {
    status: 200,
    headers: {
      'content-type': 'application/json',
      'x-amz-executed-version': '$LATEST',
      ...(result.functionError && { 'x-amz-function-error': result.functionError }),
    },
    body: JSON.stringify(result.payload ?? null),
  };
}

/** Lambda's Invoke call, for functions that call functions. */
export async function startLambdaApi({ invoke }: { readonly invoke: Invoke }): Promise<LambdaApi> {
  const server = await serve(async (request) => {
    try {
      return await run(invoke, request);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return {
        status: error.status,
        headers: {
          'content-type': 'application/json',
          'x-amzn-errortype': error.code,
          'x-amzn-requestid': randomUUID(),
        },
        body: JSON.stringify({ Message: error.message, message: error.message, ...error.members }),
      };
    }
  });
  return { url: server.url, close: server.close };
}
