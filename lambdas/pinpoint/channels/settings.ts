/**
 * Settings of every provider client. One attempt: a repeat by the SDK could send twice; what may be tried again, the
 * slice tries again. The time is well within a slice's lease (delivery/slice-work.ts).
 */
export const CLIENT_SETTINGS = {
  maxAttempts: 1,
  // Without the last one the SDK only warns when the time is over, and goes on waiting.
  requestHandler: { connectionTimeout: 3_000, requestTimeout: 15_000, throwOnRequestTimeout: true },
} as const;
