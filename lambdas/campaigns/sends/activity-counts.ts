import type { ActivityResponse } from '@aws-sdk/client-pinpoint';
import { SKIP_REASONS } from '../policy/why.ts';
import type { Counts } from './send.ts';

/** Reasons for which a recipient was not tried (pinpoint.md §2.5, §3.3, and the policy's own). */
const SKIPPED: ReadonlySet<string> = new Set<string>([
  'CAMPAIGN_CAP',
  'CANCELLED',
  'DAILY_CAP',
  'DUPLICATE_ADDRESS',
  'ENDPOINT_CHANNEL_CHANGED',
  'ENDPOINT_DELETED',
  'ENDPOINT_INACTIVE',
  'ENDPOINT_MISSING_ADDRESS',
  'ENDPOINT_MISSING_TIMEZONE',
  'ENDPOINT_OPT_OUT',
  'ENDPOINT_TIMEZONE_MISMATCH',
  'ENDPOINT_USER_CHANGED',
  'EXPIRED',
  'FILTERED_BY_HOOK',
  'HOLDOUT',
  // Reasons beyond those that the engine tells one by one.
  'HOOK_OTHER',
  'QUIET_TIME',
  'RECIPIENT_NOT_ALLOWED',
  ...SKIP_REASONS,
]);
const FAILED = new Set([
  'CUSTOM_DELIVERY_FAILURE',
  'FAILURE',
  'FAILURE_PERMANENT',
  'HOOK_FAILURE',
  'RENDERING_FAILURE',
  'SLICE_LOST',
  'THROTTLED',
  'TRANSIENT_FAILURE',
  'UNSUPPORTED_CHANNEL',
]);

type Metrics = Readonly<Record<string, string>>;

/**
 * A send's counts, over all its activities: one a treatment. The engine tells AUDIENCE, SENT, FAILED, SKIPPED, UNCERTAIN
 * and OPEN, and each reason with its number, in ExecutionMetrics beside Pinpoint's own; before it does, all are 0.
 */
export function countsOf(activities: readonly ActivityResponse[]): Omit<Counts, 'asOf'> {
  const metrics = activities.map(({ ExecutionMetrics }) => ExecutionMetrics ?? {});
  const total = (name: string): number => metrics.reduce((sum, found) => sum + numberOf(found, name), 0);
  return {
    audience: total('AUDIENCE'),
    sent: total('SENT'),
    failed: total('FAILED'),
    skipped: total('SKIPPED'),
    uncertain: total('UNCERTAIN'),
    open: total('OPEN'),
    reasons: { failed: reasonsOf(metrics, FAILED), skipped: reasonsOf(metrics, SKIPPED) },
  };
}

function reasonsOf(metrics: readonly Metrics[], names: ReadonlySet<string>): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const found of metrics) {
    for (const name of Object.keys(found).filter((key) => names.has(key))) {
      const count = numberOf(found, name);
      if (count > 0) counts[name] = (counts[name] ?? 0) + count;
    }
  }
  return counts;
}

/** Metrics are texts; a failed activity tells its reason under FAILURE, which is no number. */
function numberOf(metrics: Metrics, name: string): number {
  const count = Number(metrics[name] ?? 0);
  return Number.isFinite(count) ? count : 0;
}
