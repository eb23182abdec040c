import type { RunStore } from '../runs/ports.ts';

/**
 * The permission to make one provider call. `wait`: not now, the slice goes back to the queue. `cancelled`: never, what
 * is left is skipped.
 */
export type Grant =
  | { readonly kind: 'go' /** When the call may start, epoch milliseconds. */; readonly startAt: number }
  | { readonly kind: 'wait'; readonly delaySeconds: number }
  | { readonly kind: 'cancelled' };

/** Where a worker asks before each provider call. A rate, a pause and the kill switch all are this one question. */
export interface Grants {
  take(activityId: string, now: number): Promise<Grant>;
}

/** How long a slice of a paused run rests before it asks again. */
const PAUSE_SECONDS = 30;

/** Grants by the run's row alone: one conditional update that passes while the run is RUNNING. There is no rate yet. */
export const runGrants = (runs: Pick<RunStore, 'grant' | 'get'>): Grants => ({
  async take(activityId, now) {
    if (await runs.grant(activityId, now)) return { kind: 'go', startAt: now };
    const run = await runs.get(activityId);
    return run?.state === 'PAUSED' ? { kind: 'wait', delaySeconds: PAUSE_SECONDS } : { kind: 'cancelled' };
  },
});
