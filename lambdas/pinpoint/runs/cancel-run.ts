import { type LaneDeps, queueLanes } from './lanes.ts';
import type { RunStore } from './ports.ts';

export interface CancelDeps extends LaneDeps {
  readonly runs: Pick<RunStore, 'get' | 'move' | 'slices'>;
}

/**
 * Cancels a run in the middle: no grant passes from now on, and lanes are queued that tell everybody who is left in the
 * ledger. Nothing happens to a run that is over or has not begun.
 */
export async function cancelRun(deps: CancelDeps, activityId: string, now: number): Promise<void> {
  if (!(await deps.runs.move(activityId, ['RESOLVING', 'RUNNING'], 'CANCELLED'))) return;
  const run = await deps.runs.get(activityId);
  if (run) await queueLanes(deps, run, now);
}
