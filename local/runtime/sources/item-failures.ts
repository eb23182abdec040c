import type { Invocation } from '../functions/invocation.ts';
import { payloadJson } from '../functions/invocation.ts';

/** What became of a batch: all of it, or the identifiers that failed, or everything. */
export type BatchOutcome = 'done' | 'failed' | ReadonlySet<string>;

/**
 * Reads a function's answer to a batch as Lambda does: without ReportBatchItemFailures only an error fails it; with
 * it, an empty, missing or null list is success, and an entry that names nothing of the batch fails all of it.
 */
export function outcomeOf(
  invocation: Invocation,
  reportsItemFailures: boolean,
  identifiers: readonly string[],
): BatchOutcome {
  if (invocation.functionError) return 'failed';
  if (!reportsItemFailures) return 'done';
  const answer = payloadJson<{ batchItemFailures?: unknown } | null>(invocation);
  const entries = answer?.batchItemFailures ?? [];
  if (!Array.isArray(entries)) return 'failed';
  const failed = entries.map((entry: { itemIdentifier?: unknown } | null) => entry?.itemIdentifier);
  if (failed.length === 0) return 'done';
  const known = new Set(identifiers);
  return failed.every((id): id is string => typeof id === 'string' && known.has(id))
    ? new Set(failed)
    : 'failed';
}
