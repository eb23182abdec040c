/** Environment variables that more than one domain reads. */
export const SHARED_ENV = {
  /** Deployment stage, e.g. `prod`; part of every physical name. */
  stage: 'REPOINT_STAGE',
  /** IANA time zone of the deployment (spec, "Times"). */
  timeZone: 'REPOINT_TIME_ZONE',
  /** Table of stored answers to POSTs with an Idempotency-Key. */
  idempotencyTable: 'IDEMPOTENCY_TABLE',
  /** Name of the engine's function: the marketing layer's Pinpoint client invokes it. */
  pinpointFunction: 'PINPOINT_FUNCTION',
} as const;

/**
 * Reads the named variables at once. Throws one error that lists every missing one, so that a wrong deployment
 * fails at start and says why.
 */
export function readEnv<K extends string>(names: Readonly<Record<K, string>>): Record<K, string> {
  const missing = Object.values<string>(names).filter((name) => !process.env[name]);
  if (missing.length > 0) throw new Error(`Missing environment variables: ${missing.join(', ')}`);
  return Object.fromEntries(
    Object.entries<string>(names).map(([key, name]) => [key, process.env[name] ?? '']),
  ) as Record<K, string>;
}

/** Of functions that ask Athena. */
export const LAKE_ENV = {
  workgroup: 'ATHENA_WORKGROUP',
  /** Glue database of the lake. */
  database: 'GLUE_DATABASE',
} as const;
