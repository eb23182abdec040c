/**
 * Settings of every provider client. One attempt: a repeat by the SDK could send twice; what may be tried again, the
 * slice tries again. The time is well within a slice's lease (delivery/slice-work.ts).
 */
export const CLIENT_SETTINGS = {
  maxAttempts: 1,
  requestHandler: { connectionTimeout: 3_000, requestTimeout: 15_000 },
} as const;
