import { type Counts, isOwnReason, OTHER_REASON, sum, tally } from '../delivery/outcomes.ts';
import { METRIC_NAMES, type MetricName } from './metrics.ts';
import type { RunRow, RunTotals, SliceRow } from './run.ts';

/** A slice's counts, those included who were skipped when the run was resolved. */
export function countsOf({
  states,
  legend,
  skipped,
}: Pick<SliceRow, 'states' | 'legend' | 'skipped'>): Counts {
  const counts = tally(states, legend);
  const before = Object.values(skipped).reduce((total, count) => total + count, 0);
  const reasons = { sent: 0, failed: 0, skipped: before, uncertain: 0, open: 0, reasons: skipped };
  return sum([counts, reasons]);
}

/** How far a run has come: `audience` counts everyone, `open` those without a final state. */
export function totalsOf(slices: readonly SliceRow[]): RunTotals {
  const totals = sum(slices.map(countsOf));
  return {
    ...totals,
    audience: totals.sent + totals.failed + totals.skipped + totals.uncertain + totals.open,
  };
}

/** The time zones of a run at local time: those whose clocks show its time at one moment count as one. Undefined for other runs. */
export function timezonesOf(
  slices: readonly Pick<SliceRow, 'startAt' | 'done'>[],
): { total: number; completed: number } | undefined {
  const all = new Set(slices.flatMap(({ startAt }) => startAt ?? []));
  const open = new Set(slices.flatMap(({ startAt, done }) => (done ? [] : (startAt ?? []))));
  return all.size === 0 ? undefined : { total: all.size, completed: all.size - open.size };
}

/** Reasons an activity shows: hooks may name any number of them, and a row has room for so many. */
const MAX_REASONS = 200;

/** The most frequent reasons; the others count as HOOK_OTHER. */
function fewer(reasons: Counts['reasons']): (readonly [string, number])[] {
  const all = Object.entries(reasons);
  if (all.length <= MAX_REASONS) return all;
  const own = all.filter(([reason]) => isOwnReason(reason) && reason !== OTHER_REASON);
  const others = all.filter(([reason]) => !isOwnReason(reason)).sort(([, a], [, b]) => b - a);
  const room = MAX_REASONS - own.length - 1;
  const rest = others.slice(room).reduce((total, [, count]) => total + count, reasons[OTHER_REASON] ?? 0);
  return [...own, ...others.slice(0, room), [OTHER_REASON, rest]];
}

const IS_METRIC: ReadonlySet<string> = new Set(METRIC_NAMES);

/**
 * Pinpoint's metrics of an activity, as texts. Beside Pinpoint's names stand ours: AUDIENCE = SENT + FAILED + SKIPPED +
 * UNCERTAIN (+ OPEN while it runs), one ledger record each; and every ledger reason with its number.
 */
export function executionMetrics(run: Pick<RunRow, 'metrics'>, totals: RunTotals): Record<string, string> {
  const own: Partial<Record<MetricName, number>> = {
    AUDIENCE: totals.audience,
    SENT: totals.sent,
    FAILED: totals.failed,
    SKIPPED: totals.skipped,
    UNCERTAIN: totals.uncertain,
    ...(totals.open > 0 ? { OPEN: totals.open } : {}),
  };
  // Resolving counts reasons over the whole run; those of this activity are what its slices tell.
  const metrics: Record<string, number> = Object.fromEntries(
    Object.entries(run.metrics).filter(([name]) => IS_METRIC.has(name)),
  );
  for (const [reason, count] of fewer(totals.reasons)) metrics[reason] = count;
  return Object.fromEntries(
    Object.entries({ ...metrics, ...own }).map(([name, count]) => [name, String(count)]),
  );
}
