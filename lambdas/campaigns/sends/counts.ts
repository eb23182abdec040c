import { type Counts, NO_COUNTS, type Run, type Send, type Tally, withRun } from './send.ts';

/** A send's counts, from its runs'. Pure. */

type Reasons = Readonly<Record<string, number>>;

function added(a: Reasons, b: Reasons): Reasons {
  const sum: Record<string, number> = { ...a };
  for (const [name, count] of Object.entries(b)) sum[name] = (sum[name] ?? 0) + count;
  return sum;
}

const sumOf = (a: Tally, b: Tally): Tally => ({
  audience: a.audience + b.audience,
  sent: a.sent + b.sent,
  failed: a.failed + b.failed,
  skipped: a.skipped + b.skipped,
  uncertain: a.uncertain + b.uncertain,
  open: a.open + b.open,
  reasons: {
    failed: added(a.reasons.failed, b.reasons.failed),
    skipped: added(a.reasons.skipped, b.reasons.skipped),
  },
});

/** A test and its rest share no recipient: their counts add up to the audience. */
export const tallyOf = (runs: readonly Run[]): Tally =>
  runs.map(({ counts = NO_COUNTS }) => counts).reduce(sumOf, NO_COUNTS);

/** The send with the counts of its last run as they were at `now` (epoch milliseconds). */
export function counted(send: Send, counts: Tally, now: number): Send {
  const seen = withRun(send, { counts });
  return { ...seen, counts: { ...tallyOf(seen.runs), asOf: new Date(now).toISOString() } };
}

/** Those who had no message yet when the run was taken away, as the ledger has them. */
export function cancelledRest({ open, skipped, reasons, ...others }: Tally): Tally {
  if (open === 0) return { ...others, open, skipped, reasons };
  const cancelled = (reasons.skipped['CANCELLED'] ?? 0) + open;
  return {
    ...others,
    open: 0,
    skipped: skipped + open,
    reasons: { ...reasons, skipped: { ...reasons.skipped, CANCELLED: cancelled } },
  };
}

export const hasMoved = (before: Counts | undefined, after: Counts | undefined): boolean =>
  JSON.stringify({ ...before, asOf: '' }) !== JSON.stringify({ ...after, asOf: '' });
