/**
 * Names in an activity's ExecutionMetrics that are no reasons of the ledger: Pinpoint's (pinpoint.md §2.5) and ours. Whoever
 * makes up a reason must not take one, or it would hide the other.
 */
export const METRIC_NAMES = [
  ...['AUDIENCE', 'SENT', 'FAILED', 'SKIPPED', 'UNCERTAIN', 'OPEN', 'PAUSED'],
  ...['ENDPOINT_PRODUCED', 'ENDPOINTS_FROM_USER', 'USER_WITHOUT_ENDPOINT'],
  ...['ENDPOINT_CHANNEL_MISMATCH', 'ENDPOINT_MISSING_CHANNEL', 'TREATMENT_HOLDOUT', 'OUTSIDE_SPLIT'],
  ...['DUPLICATE_USER', 'DUPLICATE_ENDPOINT', 'LINES_LEFT'],
] as const;

export type MetricName = (typeof METRIC_NAMES)[number];

/** Reasons of the ledger that only resolving gives. */
export const RESOLVED_REASONS = [
  'HOLDOUT',
  'ENDPOINT_MISSING_TIMEZONE',
  'ENDPOINT_TIMEZONE_MISMATCH',
] as const;
export type ResolvedReason =
  | (typeof RESOLVED_REASONS)[number]
  | 'ENDPOINT_INACTIVE'
  | 'ENDPOINT_OPT_OUT'
  | 'ENDPOINT_MISSING_ADDRESS';
