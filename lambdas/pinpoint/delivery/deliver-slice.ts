import type { Ctx } from '../../shared/context.ts';
import type { QueueSender } from '../../shared/queue-sender.ts';
import { logger } from '../../shared/telemetry.ts';
import { type CloseDeps, closeRun } from '../runs/close-run.ts';
import type { RunObjects, RunStore, SliceHold } from '../runs/ports.ts';
import type { SliceMessage, SliceObject, SliceRow } from '../runs/run.ts';
import type { CompiledPlan } from './plans.ts';
import { LEASE_MS, type SliceDeps, SliceWork } from './slice-work.ts';

/** SQS delays no longer than this. */
const MAX_DELAY_SECONDS = 900;

export interface DeliverDeps extends CloseDeps, SliceDeps {
  readonly runs: RunStore;
  readonly objects: Pick<RunObjects, 'get'>;
  readonly plans: (activityId: string) => Promise<CompiledPlan | undefined>;
  readonly sliceQueue: QueueSender<SliceMessage>;
  readonly newId: () => string;
}

/**
 * Delivers a slice. Whoever holds its lease works on it; a crash at any point loses nobody and sends to nobody twice:
 * each provider call is claimed on the slice's row before it is made, and a claim whose worker died stays uncertain.
 */
export async function deliverSlice(deps: DeliverDeps, ctx: Ctx, message: SliceMessage): Promise<void> {
  const hold: SliceHold = { activityId: message.activityId, number: message.slice, owner: deps.newId() };
  const now = deps.clock();
  const row = await deps.runs.takeSlice(hold, now, now + LEASE_MS);
  if (!row) return heldByAnother(deps, message, now);
  const end = await turn(deps, hold, row, ctx.deadline);
  if (end.kind === 'again') await deps.sliceQueue.send(message, { delaySeconds: end.delaySeconds });
  if (end.kind === 'done') await ended(deps, message.activityId);
}

async function turn(deps: DeliverDeps, hold: SliceHold, row: SliceRow, deadline: number) {
  let giveBack = () => deps.runs.release(hold, row, row);
  try {
    const [compiled, object] = await Promise.all([
      deps.plans(hold.activityId),
      deps.objects.get<SliceObject>(row.objectKey),
    ]);
    if (!compiled || !object) throw new Error(`Run ${hold.activityId} has no plan or no ${row.objectKey}`);
    const work = new SliceWork(deps, hold, row, compiled, object);
    giveBack = () => work.giveBack();
    return await work.turn(deadline);
  } catch (error) {
    // Best effort: should it fail as well, the lease runs out by itself.
    await giveBack().catch((cause: unknown) => logger.warn('slice not given back', { cause }));
    throw error;
  }
}

/** Done, or held: then this message comes back when the lease is over, in case the holder died. */
async function heldByAnother(deps: DeliverDeps, message: SliceMessage, now: number): Promise<void> {
  const row = await deps.runs.slice(message.activityId, message.slice);
  if (!row || row.done) return;
  const seconds = Math.ceil((row.leaseUntil - now) / 1000) + 1;
  await deps.sliceQueue.send(message, { delaySeconds: Math.min(MAX_DELAY_SECONDS, Math.max(1, seconds)) });
}

/** Counts the slice; whoever ends the last one closes the run. A count that got lost is made good by the tick. */
async function ended(deps: DeliverDeps, activityId: string): Promise<void> {
  const run = await deps.runs.countDone(activityId);
  if (run && run.doneSlices >= run.slices) await closeRun(deps, activityId);
}
