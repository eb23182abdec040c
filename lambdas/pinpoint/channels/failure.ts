import type { Outcome } from './ports.ts';
import { retryAfterMs } from './retry-after.ts';

/** What the SDK's errors have in common. */
interface SdkError {
  readonly name?: string;
  readonly message?: string;
  readonly code?: string;
  readonly $fault?: 'client' | 'server';
  readonly $metadata?: { readonly httpStatusCode?: number };
  /** The HTTP answer itself, where there was one. */
  readonly $response?: { readonly headers?: Readonly<Record<string, string | undefined>> };
}

const THROTTLES = /Throttl|TooManyRequests|LimitExceeded/i;

export function throttled(text: string, headers: Readonly<Record<string, string | undefined>> = {}): Outcome {
  const waitMs = retryAfterMs(headers);
  return { kind: 'throttled', text, ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }) };
}

/** The request never left: nobody listens there, or there is no such host. */
const NEVER_SENT = new Set(['ECONNREFUSED', 'ENOTFOUND', 'EAI_AGAIN', 'CredentialsProviderError']);

/** Refusals that are about our account or our clock, not about what is in the call: they took nothing, and they end. */
const NOT_NOW = /SendingPaused|AccountSuspended|ExpiredToken|RequestExpired|RequestTimeTooSkewed/i;

/**
 * What a failed call means for every message in it. An answer that refuses the call (4xx) took none of them; no answer,
 * or a server's failure, may have taken any, so it is uncertain.
 */
export function outcomeOfError(cause: unknown): Outcome {
  const error = cause as SdkError;
  const text = `${error.name ?? 'Error'}: ${error.message ?? ''}`;
  const status = error.$metadata?.httpStatusCode;
  if (status === 429 || THROTTLES.test(error.name ?? '')) return throttled(text, error.$response?.headers);
  const neverSent = NEVER_SENT.has(error.code ?? '') || NEVER_SENT.has(error.name ?? '');
  if (neverSent || NOT_NOW.test(error.name ?? '')) return { kind: 'transient', text };
  if (status !== undefined && status >= 400 && status < 500)
    return { kind: 'permanent', text, gone: false, reason: 'FAILURE' };
  return { kind: 'uncertain', text };
}
