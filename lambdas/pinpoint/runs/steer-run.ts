import type { QueueSender } from '../../shared/queue-sender.ts';
import type { CampaignRow } from '../campaigns/campaign.ts';
import { rateOf } from '../campaigns/rate.ts';
import type { Registry } from '../ports.ts';
import { queueLanes } from './lanes.ts';
import type { ControlChange, RunStore } from './ports.ts';
import type { LaneMessage, RunRow } from './run.ts';
import { showPause } from './show-pause.ts';

export interface SteerDeps {
  readonly registry: Registry;
  readonly runs: Pick<RunStore, 'get' | 'slices' | 'control'>;
  readonly sliceQueue: QueueSender<LaneMessage>;
}

/** Changes the controls of a run that is not over, and queues the lanes it needs from then on. */
async function steered(deps: SteerDeps, run: RunRow, change: ControlChange, now: number): Promise<RunRow> {
  const after = await deps.runs.control(run.activityId, change);
  if (after?.state === 'RUNNING' && after.paused === undefined) await queueLanes(deps, after, now);
  return after ?? run;
}

/** Lets a paused run go on. After a pause for failures it does not pause for them again (spec §4, "Safety"). */
export async function resumeRun(deps: SteerDeps, run: RunRow, now: number): Promise<RunRow> {
  if (run.paused === undefined) return run;
  const failuresAccepted = run.paused === 'FAILURES' ? true : undefined;
  return steered(deps, run, { paused: null, failuresAccepted }, now);
}

/**
 * Brings a run in line with its campaign's row, which is what was asked for: its rate, and whether it rests. A run that
 * paused itself goes on resting, and its campaign shows it. Safe to repeat: what is in line already is left alone, so the
 * tick makes good what met the run before it had a row, or was cut short. Returns the run as it is then.
 */
export async function settleControls(
  deps: SteerDeps,
  campaign: CampaignRow,
  run: RunRow,
  now: number,
): Promise<RunRow> {
  const wantsRest = campaign.status === 'PAUSED';
  if (!wantsRest && campaign.status !== 'EXECUTING') return run;
  if (run.state !== 'RESOLVING' && run.state !== 'RUNNING') return run;
  const rate = rateOf(campaign.request, campaign.defaults?.Limits);
  const change: ControlChange = {
    ...(wantsRest && run.paused === undefined ? { paused: 'REQUESTED' as const } : {}),
    ...(!wantsRest && run.paused === 'REQUESTED' ? { paused: null } : {}),
    ...(rate === run.ratePerMinute ? {} : { ratePerMinute: rate ?? null }),
  };
  const after = Object.keys(change).length > 0 ? await steered(deps, run, change, now) : run;
  if (!wantsRest && after.paused === 'FAILURES') await showPause(deps, after, now);
  return after;
}
