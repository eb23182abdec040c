import { randomUUID } from 'node:crypto';
import { AwsError } from './aws-error.ts';
import type { Answer, WireAnswer, WireRequest } from './server.ts';
import { ShapeError } from './shape.ts';

type Operation = (input: unknown) => unknown | Promise<unknown>;

interface JsonService {
  /** The part of `X-Amz-Target` before the dot. */
  readonly target: string;
  readonly version: '1.0' | '1.1';
  readonly operations: Readonly<Record<string, Operation>>;
  /** How the service names a wrong parameter. */
  readonly invalid: (message: string) => AwsError;
}

function parsed(body: Buffer): unknown {
  try {
    return body.length === 0 ? {} : JSON.parse(body.toString('utf8'));
  } catch {
    throw new AwsError('SerializationException', 'The request body is not valid JSON');
  }
}

function operationOf(service: JsonService, { headers }: WireRequest): Operation {
  const target = String(headers['x-amz-target'] ?? '');
  const operation = service.operations[target.slice(service.target.length + 1)];
  if (target.startsWith(`${service.target}.`) && operation) return operation;
  throw new AwsError(
    'UnknownOperationException',
    `The local stand-in does not know ${target || 'a call without X-Amz-Target'}`,
  );
}

/** Whether a request is meant for the service, by its target header. */
export const isFor = (target: string, { headers }: WireRequest): boolean =>
  String(headers['x-amz-target'] ?? '').startsWith(`${target}.`);

/** Turns operations into the AWS JSON protocol; an operation it does not know answers UnknownOperationException. */
export function awsJson(service: JsonService): Answer {
  const answer = (status: number, body: unknown, headers = {}): WireAnswer => ({
    status,
    headers: {
      'content-type': `application/x-amz-json-${service.version}`,
      'x-amzn-requestid': randomUUID(),
      ...headers,
    },
    body: JSON.stringify(body),
  });
  return async (request) => {
    try {
      return answer(200, (await operationOf(service, request)(parsed(request.body))) ?? {});
    } catch (cause) {
      const error = cause instanceof ShapeError ? service.invalid(cause.message) : cause;
      if (!(error instanceof AwsError)) throw error;
      const body = { __type: error.code, message: error.message, Message: error.message, ...error.members };
      return answer(error.status, body, { 'x-amzn-errortype': error.code });
    }
  };
}
