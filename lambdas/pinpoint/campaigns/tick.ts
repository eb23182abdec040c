import type { Ctx } from '../../shared/context.ts';
import type { QueueSender } from '../../shared/queue-sender.ts';
import { logger } from '../../shared/telemetry.ts';
import type { Registry, Stored } from '../ports.ts';
import { Bounded } from '../runs/ahead.ts';
import { cancelRun } from '../runs/cancel-run.ts';
import { type CloseDeps, closeRun, neverRun } from '../runs/close-run.ts';
import { lostLanes, sendLanes } from '../runs/lanes.ts';
import type { RunStore } from '../runs/ports.ts';
import { endOf, type LaneMessage, type RunRow, slicesOf } from '../runs/run.ts';
import { settleControls } from '../runs/steer-run.ts';
import { CAMPAIGN_PREFIX, type CampaignRow, DUE_SHARDS, dueAt, type Watch } from './campaign.ts';
import { claimCampaign, ensureActivities, runMessage, type StartDeps, WATCH_MS } from './start-campaign.ts';

/** Shards asked side by side. */
const SHARDS_AT_ONCE = 8;
/** Rows of a shard in one look; the next tick sees the rest. */
const ROWS_PER_SHARD = 100;
/** A run where nothing moves is looked at less and less often, up to this: its slices may wait behind other runs. */
const LONGEST_WATCH_MS = 30 * 60_000;

/** No function of the engine goes on for longer than this. */
const LONGEST_TURN_MS = 15 * 60_000;

export interface TickDeps extends StartDeps, CloseDeps {
  readonly registry: Registry;
  readonly runs: RunStore;
  readonly sliceQueue: QueueSender<LaneMessage>;
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
  await ensureActivities(deps.registry, claimed.row);
  await deps.runQueue.send(runMessage(claimed.row));
}

/** Puts off the next look first: of two ticks at once, one goes on. */
async function watched(deps: TickDeps, ctx: Ctx, stored: Stored<CampaignRow>): Promise<void> {
  const { row } = stored;
  const run = await deps.runs.get(row.activityId);
  if (row.status === 'DELETED' && !(await cancelled(deps, ctx, stored, run))) return;
  const slices = run && isStill(run, ctx.now) ? slicesOf(run, await deps.runs.slices(run.activityId)) : [];
  const lost = run && isStill(run, ctx.now) ? lostLanes(run, slices, ctx.now) : [];
  const isIdle = lost.length > 0 || (run !== undefined && rests(run, ctx.now));
  const watch = { idleLooks: isIdle ? (row.watch?.idleLooks ?? 0) + 1 : 0 };
  if (!(await deps.registry.replace(stored, { ...row, watch }, nextLook(row.id, watch, run, ctx.now))))
    return;
  const settled = run && (await settleControls(deps, row, run, ctx.now));
  if (!run || run.state === 'RESOLVING') return resolveAgain(deps, ctx, row, run);
  if (slices.length === run.slices && slices.every(({ done }) => done))
    if (await closeRun(deps, row.activityId)) return;
  // In a new epoch it rests, or has got its lanes already.
  if (settled?.epoch === run.epoch) await sendLanes(deps, run, lost);
  if (!run.queued) await deps.runs.markQueued(run.activityId);
}

/** Where nothing moves looks get rarer and rarer, but whoever is left when the run's time is over must not wait for that. */
function nextLook(id: string, { idleLooks }: Watch, run: RunRow | undefined, now: number) {
  const pause = Math.min(WATCH_MS * 2 ** Math.max(0, idleLooks - 1), LONGEST_WATCH_MS);
  const endBy = run?.endBy === undefined || run.endBy <= now ? Number.POSITIVE_INFINITY : run.endBy;
  return dueAt(id, Math.min(now + pause, endBy));
}

/**
 * A deletion may have met the run before it had a row, so it is cancelled again; false when there is nothing to settle. While
 * a worker that read the campaign before may still make the run, it is looked for.
 */
async function cancelled(
  deps: TickDeps,
  ctx: Ctx,
  stored: Stored<CampaignRow>,
  run: RunRow | undefined,
): Promise<boolean> {
  const { row } = stored;
  if (run) {
    await cancelRun(deps, run.activityId, ctx.now);
    return true;
  }
  const mayCome = ctx.now - Date.parse(row.lastModifiedDate) < LONGEST_TURN_MS;
  const look = mayCome ? dueAt(row.id, ctx.now + WATCH_MS) : undefined;
  if (await deps.registry.replace(stored, row, look)) await neverRun(deps, runMessage(row));
  return false;
}

/** Whether a paused run may go on some day; one whose slices are all done is only to be closed. */
const rests = (run: RunRow, now: number): boolean =>
  run.paused !== undefined && endOf(run, now) === undefined && run.doneSlices < run.slices;

/** Whether a call was granted within the last minute; a slow rate has its next call a minute after the last one. */
const moves = ({ state, grantedAt, nextAt }: RunRow, now: number): boolean =>
  state === 'RUNNING' && Math.max(grantedAt, nextAt) > now - WATCH_MS;

/**
 * Whether the run's slices, of which there may be thousands, have to be read to see what it needs. Its lanes may be lost
 * (a queue that forgets, a worker that died), or it was paused until its time was over, or it waits behind other runs: so a
 * run where lanes do not help is looked at less and less often.
 */
const isStill = (run: RunRow, now: number): boolean =>
  run.state !== 'RESOLVING' && !rests(run, now) && !moves(run, now);

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
