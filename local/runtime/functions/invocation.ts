/** Lambda takes and gives at most 6 MB; its answers carry an envelope of 100 bytes more (Lambda quotas). */
export const MAX_REQUEST_BYTES = 6 * 1024 * 1024;
export const MAX_RESPONSE_BYTES = MAX_REQUEST_BYTES + 100;

/** What one invocation ended in, as Lambda's Invoke answers it. */
export interface Invocation {
  readonly requestId: string;
  /** JSON text in UTF-8: the function's result, or `{errorType, errorMessage, trace}` when it failed. */
  readonly payload: Uint8Array;
  /** Present when the function failed, whether by throwing, by timeout or by a crash (`X-Amz-Function-Error`). */
  readonly functionError?: 'Unhandled';
  readonly durationMs: number;
}

/** The error object Lambda's Node.js runtime reports for a thrown error. */
export interface FunctionFailure {
  readonly errorType: string;
  readonly errorMessage: string;
  readonly trace?: readonly string[];
}

const encoder = new TextEncoder();

export const failurePayload = (failure: FunctionFailure): Uint8Array =>
  encoder.encode(JSON.stringify(failure));

export const timedOut = (requestId: string, timeoutMs: number): FunctionFailure => ({
  errorType: 'Sandbox.Timedout',
  errorMessage: `RequestId: ${requestId} Error: Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`,
});

export const exited = (requestId: string, cause: string): FunctionFailure => ({
  errorType: 'Runtime.ExitError',
  errorMessage: `RequestId: ${requestId} Error: Runtime exited with error: ${cause}`,
});

export const responseTooLarge = (bytes: number): FunctionFailure => ({
  errorType: 'Function.ResponseSizeTooLarge',
  errorMessage: `Response payload size (${bytes} bytes) exceeded maximum allowed payload size (${MAX_RESPONSE_BYTES} bytes).`,
});

/** The JSON value of an invocation's payload. */
export const payloadJson = <T>({ payload }: Pick<Invocation, 'payload'>): T =>
  JSON.parse(Buffer.from(payload).toString('utf8') || 'null') as T;
