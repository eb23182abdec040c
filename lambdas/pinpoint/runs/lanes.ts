import type { QueueSender } from '../../shared/queue-sender.ts';
import { lanesFor } from '../delivery/pace.ts';
import type { RunStore } from './ports.ts';
import { endOf, type LaneMessage, type RunRow, type SliceRow, slicesOf } from './run.ts';

/** Lanes of one run at most: as many workers as the queue may wake (lib/pinpoint/engine.ts). */
export const MAX_LANES = 50;

export interface LaneDeps {
  readonly runs: Pick<RunStore, 'slices'>;
  readonly sliceQueue: QueueSender<LaneMessage>;
}

/** Slices that a lane began with and that nobody has in hand, whose time has come, or will not come any more. */
export const abandoned = (run: RunRow, slices: readonly SliceRow[], now: number): SliceRow[] => {
  const over = endOf(run, now) !== undefined;
  return slicesOf(run, slices).filter(
    ({ number, done, leaseUntil, notBefore }) =>
      !done && number < run.nextSlice && leaseUntil <= now && (notBefore <= now || over),
  );
};

/**
 * Queues the lanes a run needs: one for each slice that was begun and given back, and as many as its rate can use for
 * those nobody has begun with. Lanes too many do no harm: they find nothing to take. `known`: the run's slices, where
 * they were read just now.
 */
export async function queueLanes(
  deps: LaneDeps,
  run: RunRow,
  now: number,
  known?: readonly SliceRow[],
): Promise<number> {
  const { activityId, epoch } = run;
  const begun = run.nextSlice > 1 ? abandoned(run, known ?? (await deps.runs.slices(activityId)), now) : [];
  const fresh = Math.max(0, run.slices - run.nextSlice + 1);
  const lanes = Math.min(fresh, lanesFor(run.ratePerMinute, run.callSize, MAX_LANES));
  const messages = [
    ...begun.map(({ number }): LaneMessage => ({ activityId, epoch, slice: number })),
    ...Array.from({ length: lanes }, (): LaneMessage => ({ activityId, epoch })),
  ];
  await deps.sliceQueue.sendAll(messages, { groupId: run.campaignId });
  return messages.length;
}
