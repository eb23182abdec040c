import type { CampaignStatus } from '@aws-sdk/client-pinpoint';
import type { ActivityRow } from '../campaigns/campaign.ts';
import { changeActivities, changeCampaign } from '../campaigns/start-campaign.ts';
import type { Registry } from '../ports.ts';
import type { RunStore } from './ports.ts';
import { type Metrics, type RunMessage, type RunRow, type SliceRow, slicesOf } from './run.ts';
import { executionMetrics, timezonesOf, totalsOf } from './totals.ts';

export interface CloseDeps {
  readonly registry: Registry;
  readonly runs: RunStore;
  readonly clock: () => number;
}

/**
 * Closes a run whose slices have all ended: activities and campaign are COMPLETED with their totals. Whoever ends the last
 * slice calls it, and the tick again: false while there is work left, and nothing changes when it was closed before.
 */
export async function closeRun(deps: CloseDeps, activityId: string): Promise<boolean> {
  const run = await deps.runs.get(activityId);
  if (!run || run.state === 'RESOLVING') return false;
  const slices = slicesOf(run, await deps.runs.slices(activityId));
  if (slices.length < run.slices || slices.some(({ done }) => !done)) return false;
  await deps.runs.move(activityId, ['RUNNING'], 'COMPLETED');
  await end(deps, run, run.state === 'CANCELLED' ? 'CANCELLED' : 'COMPLETED', slices);
  return true;
}

/**
 * Ends a run that cannot be resolved: its activities failed, FAILURE says why, and the campaign is INVALID. Nothing was sent,
 * and whoever was resolved before is nobody's audience.
 */
export async function failRun(deps: CloseDeps, message: RunMessage, why: string): Promise<void> {
  const run = await deps.runs.get(message.activityId);
  const nobody = run && ({ ...run, state: 'CANCELLED', metrics: {}, lines: 0 } satisfies RunRow);
  await changeActivities(deps.registry, message, (row) => {
    const counted = nobody ? withTotals(row, nobody, []) : row;
    return {
      ...counted,
      state: 'COMPLETED',
      result: 'FAIL',
      end: row.end ?? new Date(deps.clock()).toISOString(),
      executionMetrics: { ...counted.executionMetrics, FAILURE: why },
    };
  });
  await endCampaign(deps, message, 'INVALID');
  // Last: until then another attempt comes to the same end.
  await deps.runs.move(message.activityId, ['RESOLVING'], 'COMPLETED');
}

/** Ends the activities of a run that was cancelled before there was one: nobody is its audience. */
export const neverRun = (deps: Pick<CloseDeps, 'registry' | 'clock'>, message: RunMessage): Promise<void> =>
  changeActivities(deps.registry, message, (row) => ({
    ...row,
    state: 'CANCELLED',
    result: 'FAIL',
    end: row.end ?? new Date(deps.clock()).toISOString(),
  }));

async function end(
  deps: CloseDeps,
  run: RunRow,
  state: ActivityRow['state'],
  slices: readonly SliceRow[],
): Promise<void> {
  await changeActivities(deps.registry, run, (row) => {
    const counted = withTotals(row, run, slices);
    const isWhole = state === 'COMPLETED' && counted.executionMetrics['SLICE_LOST'] === undefined;
    return {
      ...counted,
      state,
      result: isWhole ? 'SUCCESS' : 'FAIL',
      end: row.end ?? new Date(deps.clock()).toISOString(),
    };
  });
  await endCampaign(deps, run, 'COMPLETED');
}

/** The activity with what its treatment came to so far; the run's own metrics stand at its first treatment. */
export function withTotals(row: ActivityRow, run: RunRow, slices: readonly SliceRow[]): ActivityRow {
  const own = slices.filter(({ treatmentId }) => treatmentId === row.treatmentId);
  const totals = totalsOf(own);
  const timezones = timezonesOf(own);
  return {
    ...row,
    ...(timezones ? { timezones } : {}),
    successfulEndpointCount: totals.sent,
    totalEndpointCount: totals.audience,
    executionMetrics: executionMetrics(row.id === run.activityId ? withLeft(run) : { metrics: {} }, totals),
  };
}

/** Who was never looked at of a run that was cancelled while its list was resolved is no recipient; how much that was is told. */
function withLeft({ state, metrics, listLines, lines }: RunRow): { readonly metrics: Metrics } {
  const left = state === 'CANCELLED' ? listLines - lines : 0;
  return { metrics: left > 0 ? { ...metrics, LINES_LEFT: left } : metrics };
}

/** The campaign leaves the index `due`; one that was deleted meanwhile stays deleted. */
async function endCampaign(deps: CloseDeps, run: RunMessage, status: CampaignStatus): Promise<void> {
  await changeCampaign(deps.registry, run, (row) => ({
    ...row,
    ...(row.status === 'DELETED' || row.status === status
      ? {}
      : { status, lastModifiedDate: new Date(deps.clock()).toISOString() }),
  }));
}
