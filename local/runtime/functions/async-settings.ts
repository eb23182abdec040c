import { isObject, type ResolvedResource } from '../template/template.ts';
import type { FunctionDefinition } from './definition.ts';
import { type Invocation, payloadJson } from './invocation.ts';

/** Lambda tries a failed asynchronous invocation twice more, after one and after two minutes. */
export const RETRY_AFTER_MS: readonly number[] = [60_000, 120_000];

/** An `AWS::Lambda::EventInvokeConfig`. */
export interface AsyncSettings {
  readonly functionName: string;
  readonly maxRetries: number;
  /** ARN of the queue that takes what no retry could do. */
  readonly onFailureArn: string | undefined;
}

const KNOWN = [
  'DestinationConfig',
  'FunctionName',
  'MaximumEventAgeInSeconds',
  'MaximumRetryAttempts',
  'Qualifier',
];

/** Reads the settings of one function's asynchronous invocations. Throws on what is not known here. */
export function asyncSettings({ stack, logicalId, properties }: ResolvedResource): AsyncSettings {
  const where = `${stack} / ${logicalId}`;
  const unknown = Object.keys(properties).filter((key) => !KNOWN.includes(key));
  if (unknown.length > 0) throw new Error(`${where}: ${unknown.join(', ')} is not known`);
  const destinations = properties['DestinationConfig'];
  const { OnFailure, ...others } = isObject(destinations) ? destinations : {};
  const onFailureArn = isObject(OnFailure) ? String(OnFailure['Destination']) : undefined;
  if (Object.keys(others).length > 0 || (onFailureArn && onFailureArn.split(':')[2] !== 'sqs'))
    throw new Error(`${where}: only a queue as on-failure destination is known`);
  return {
    functionName: String(properties['FunctionName']),
    maxRetries: Number(properties['MaximumRetryAttempts'] ?? RETRY_AFTER_MS.length),
    onFailureArn,
  };
}

/** What Lambda sends an on-failure destination (developer guide, "Retaining records of asynchronous invocations"). */
export function invocationRecord(
  { arn }: FunctionDefinition,
  payload: Uint8Array,
  invocation: Invocation,
  invokeCount: number,
): string {
  return JSON.stringify({
    version: '1.0',
    timestamp: new Date().toISOString(),
    requestContext: {
      requestId: invocation.requestId,
      functionArn: `${arn}:$LATEST`,
      condition: 'RetriesExhausted',
      approximateInvokeCount: invokeCount,
    },
    requestPayload: payloadJson({ payload }),
    responseContext: { statusCode: 200, executedVersion: '$LATEST', functionError: 'Unhandled' },
    responsePayload: payloadJson(invocation),
  });
}
