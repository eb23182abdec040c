import type { Ctx } from '../../shared/context.ts';
import type { QueueSender } from '../../shared/queue-sender.ts';
import { logger } from '../../shared/telemetry.ts';
import type { Registry, Stored } from '../ports.ts';
import { Bounded } from '../runs/ahead.ts';
import { type CloseDeps, closeRun } from '../runs/close-run.ts';
import type { RunStore } from '../runs/ports.ts';
import { type RunRow, type SliceMessage, slicesOf } from '../runs/run.ts';
import { CAMPAIGN_PREFIX, type CampaignRow, DUE_SHARDS, dueAt, type Watch } from './campaign.ts';
import { claimCampaign, ensureActivity, runMessage, type StartDeps, WATCH_MS } from './start-campaign.ts';

/** Shards asked side by side. */
const SHARDS_AT_ONCE = 8;
/** Rows of a shard in one look; the next tick sees the rest. */
const ROWS_PER_SHARD = 100;
/** A run where nothing moves is looked at less and less often, up to this: its slices may wait behind other runs. */
const LONGEST_WATCH_MS = 30 * 60_000;

export interface TickDeps extends StartDeps, CloseDeps {
  readonly registry: Registry;
  readonly runs: RunStore;
  readonly sliceQueue: QueueSender<SliceMessage>;
}

/**
 * Looks at every campaign that is due now: starts those whose time has come, and gets runs going again that got stuck.
 * Each is claimed by a conditional write, so that ticks may be missed, doubled, or run side by side.
 */
export async function tick(deps: TickDeps, ctx: Ctx): Promise<void> {
  const looks = new Bounded(SHARDS_AT_ONCE);
  for (let shard = 0; shard < DUE_SHARDS; shard++) {
    await looks.add(async () => {
      const due = await deps.registry.due<CampaignRow>(String(shard), ctx.now, ROWS_PER_SHARD);
      for (const stored of due.filter(({ key }) => key.sk.startsWith(CAMPAIGN_PREFIX)))
        await looked(deps, ctx, stored);
    });
  }
  await looks.settled();
}

/** One campaign's trouble must not keep the others waiting: it is due still at the next tick. */
async function looked(deps: TickDeps, ctx: Ctx, stored: Stored<CampaignRow>): Promise<void> {
  try {
    if (stored.row.status === 'SCHEDULED') await started(deps, ctx, stored);
    else await watched(deps, ctx, stored);
  } catch (error) {
    logger.error('campaign not looked after', { error: error as Error, campaign: stored.row.id });
  }
}

async function started(deps: TickDeps, ctx: Ctx, stored: Stored<CampaignRow>): Promise<void> {
  const claimed = await claimCampaign(deps.registry, stored, ctx.now);
  if (!claimed) return;
  await ensureActivity(deps.registry, claimed.row);
  await deps.runQueue.send(runMessage(claimed.row));
}

/** Puts off the next look first: of two ticks at once, one goes on. */
async function watched(deps: TickDeps, ctx: Ctx, stored: Stored<CampaignRow>): Promise<void> {
  const { row } = stored;
  const run = await deps.runs.get(row.activityId);
  if (row.status === 'DELETED' && !(await cancelled(deps, stored, run))) return;
  const watch = watchOf(row.watch, run);
  const pause = Math.min(WATCH_MS * 2 ** watch.idleLooks, LONGEST_WATCH_MS);
  if (!(await deps.registry.replace(stored, { ...row, watch }, dueAt(row.id, ctx.now + pause)))) return;
  if (!run || run.state === 'RESOLVING') return resolveAgain(deps, ctx, row, run);
  if (!(await closeRun(deps, row.activityId))) await sliceAgain(deps, ctx, run, watch);
}

/** A deletion may have met the run before it had a row, so it is cancelled again; false when there is nothing to settle. */
async function cancelled(
  deps: TickDeps,
  stored: Stored<CampaignRow>,
  run: RunRow | undefined,
): Promise<boolean> {
  if (run) await deps.runs.move(run.activityId, ['RESOLVING', 'RUNNING', 'PAUSED'], 'CANCELLED');
  else await deps.registry.replace(stored, stored.row);
  return run !== undefined;
}

function watchOf(before: Watch | undefined, run: RunRow | undefined): Watch {
  const doneSlices = run?.doneSlices ?? 0;
  const moved = before === undefined || before.doneSlices !== doneSlices;
  return { doneSlices, idleLooks: moved ? 0 : before.idleLooks + 1 };
}

/** The run's message got lost, or its worker: a worker that is alive renews its lease. */
async function resolveAgain(
  deps: TickDeps,
  ctx: Ctx,
  row: CampaignRow,
  run: RunRow | undefined,
): Promise<void> {
  if (run && run.leaseUntil > ctx.now) return;
  await deps.runQueue.send(runMessage(row));
}

/**
 * Queues slices again that nobody holds. While other slices of the run move, one that was never taken most likely
 * waits in the queue: only those whose worker is dead are queued then.
 */
async function sliceAgain(deps: TickDeps, ctx: Ctx, run: RunRow, watch: Watch): Promise<void> {
  const open = slicesOf(run, await deps.runs.slices(run.activityId)).filter(({ done }) => !done);
  const moving = run.queued && (watch.idleLooks === 0 || open.some(({ leaseUntil }) => leaseUntil > ctx.now));
  const stuck = open.filter(({ owner, leaseUntil, notBefore }) =>
    owner === undefined ? !moving && notBefore <= ctx.now : leaseUntil <= ctx.now,
  );
  await deps.sliceQueue.sendAll(
    stuck.map(({ activityId, number }) => ({ activityId, slice: number })),
    { groupId: run.campaignId },
  );
  if (!run.queued) await deps.runs.markQueued(run.activityId);
}
