import type { QueueSender } from '../../shared/queue-sender.ts';
import { MAX_DELAY_SECONDS } from '../delivery/backoff.ts';
import { lanesFor } from '../delivery/pace.ts';
import type { RunStore } from './ports.ts';
import { endOf, type LaneMessage, type RunRow, type SliceRow, slicesOf } from './run.ts';

/** Lanes of one run at most: as many workers as the queue may wake (lib/pinpoint/engine.ts). */
export const MAX_LANES = 50;

/** A message of a busy queue comes later than its delay, but not later than this. */
const LATE_MS = 60_000;

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
 * The lanes a run needs: one for each slice that was begun and given back, and as many as its rate can use for those
 * nobody has begun with, less those that come back by themselves.
 */
function lanesOf(run: RunRow, slices: readonly SliceRow[], now: number, coming = 0): LaneMessage[] {
  const { activityId, epoch, ratePerMinute, callSize } = run;
  const begun = abandoned(run, slices, now);
  const fresh = Math.max(0, run.slices - run.nextSlice + 1);
  const lanes = Math.min(fresh, Math.max(0, lanesFor(ratePerMinute, callSize, MAX_LANES) - coming));
  return [
    ...begun.map(({ number }): LaneMessage => ({ activityId, epoch, slice: number })),
    ...Array.from({ length: lanes }, (): LaneMessage => ({ activityId, epoch })),
  ];
}

/**
 * The lanes of a run that should be moving and is not: nobody has a slice in hand, and there is one to be taken. Lanes
 * whose slices rest for a while, since an account or a provider has no room for them, are not lost: they lie in the queue,
 * which may bring them a little late.
 */
export function lostLanes(run: RunRow, slices: readonly SliceRow[], now: number): LaneMessage[] {
  if (slices.some(({ done, leaseUntil }) => !done && leaseUntil > now)) return [];
  const isOver = endOf(run, now) !== undefined;
  const isHere = ({ notBefore }: SliceRow) => isOver || notBefore <= now - LATE_MS;
  const here = slices.filter(isHere);
  if (abandoned({ ...run, nextSlice: run.slices + 1 }, here, now).length === 0) return [];
  const soon = now + MAX_DELAY_SECONDS * 1000;
  const coming = slices.filter(
    (slice) => !isHere(slice) && slice.number < run.nextSlice && slice.notBefore <= soon,
  );
  return lanesOf(run, here, now, coming.length);
}

/** Puts lanes on the queue. Lanes too many do no harm: they find nothing to take. */
export const sendLanes = (deps: Pick<LaneDeps, 'sliceQueue'>, run: RunRow, lanes: readonly LaneMessage[]) =>
  deps.sliceQueue.sendAll(lanes, { groupId: run.campaignId });

/** Queues the lanes a run needs when it begins or goes on, and returns how many they are. */
export async function queueLanes(deps: LaneDeps, run: RunRow, now: number): Promise<number> {
  const slices = run.nextSlice > 1 ? await deps.runs.slices(run.activityId) : [];
  const lanes = lanesOf(run, slices, now);
  await sendLanes(deps, run, lanes);
  return lanes.length;
}
