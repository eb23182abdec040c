import type { CampaignStatus } from '@aws-sdk/client-pinpoint';
import { type ActivityRow, type CampaignRow, campaignKey } from '../campaigns/campaign.ts';
import { changeActivity } from '../campaigns/start-campaign.ts';
import type { Registry } from '../ports.ts';
import type { RunStore } from './ports.ts';
import { type RunMessage, type RunRow, type RunTotals, slicesOf } from './run.ts';
import { executionMetrics, totalsOf } from './totals.ts';

export interface CloseDeps {
  readonly registry: Registry;
  readonly runs: RunStore;
  readonly clock: () => number;
}

/**
 * Closes a run whose slices have all ended: activity and campaign are COMPLETED with its totals. Whoever ends the last
 * slice calls it, and the tick again: false while there is work left, and nothing changes when it was closed before.
 */
export async function closeRun(deps: CloseDeps, activityId: string): Promise<boolean> {
  const run = await deps.runs.get(activityId);
  if (!run || run.state === 'RESOLVING') return false;
  const slices = slicesOf(run, await deps.runs.slices(activityId));
  if (slices.length < run.slices || slices.some(({ done }) => !done)) return false;
  await deps.runs.move(activityId, ['RUNNING', 'PAUSED'], 'COMPLETED');
  await end(deps, run, run.state === 'CANCELLED' ? 'CANCELLED' : 'COMPLETED', totalsOf(slices));
  return true;
}

/** Ends a run that cannot be resolved: the activity failed and the campaign is INVALID. */
export async function failRun(deps: CloseDeps, message: RunMessage, why: string): Promise<void> {
  await deps.runs.move(message.activityId, ['RESOLVING'], 'COMPLETED');
  await changeActivity(deps.registry, message, (row) => ({
    ...row,
    state: 'COMPLETED',
    result: 'FAIL',
    end: row.end ?? new Date(deps.clock()).toISOString(),
    executionMetrics: { ...row.executionMetrics, FAILURE: why },
  }));
  await endCampaign(deps, message, 'INVALID');
}

async function end(
  deps: CloseDeps,
  run: RunRow,
  state: ActivityRow['state'],
  totals: RunTotals,
): Promise<void> {
  await changeActivity(deps.registry, run, (row) => ({
    ...row,
    state,
    result: state === 'COMPLETED' ? 'SUCCESS' : 'FAIL',
    end: row.end ?? new Date(deps.clock()).toISOString(),
    successfulEndpointCount: totals.sent,
    totalEndpointCount: totals.audience,
    executionMetrics: executionMetrics(run, totals),
  }));
  await endCampaign(deps, run, 'COMPLETED');
}

/** The campaign leaves the index `due`; one that was deleted meanwhile stays deleted. */
async function endCampaign(deps: CloseDeps, run: RunMessage, status: CampaignStatus): Promise<void> {
  for (;;) {
    const stored = await deps.registry.get<CampaignRow>(campaignKey(run.appId, run.campaignId));
    if (!stored) return;
    const { row } = stored;
    const ended: CampaignRow =
      row.status === 'DELETED' || row.status === status
        ? row
        : { ...row, status, lastModifiedDate: new Date(deps.clock()).toISOString() };
    if (await deps.registry.replace(stored, ended)) return;
  }
}
