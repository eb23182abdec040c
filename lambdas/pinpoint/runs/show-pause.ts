import { type ActivityRow, type CampaignRow, campaignKey, dueAt, hasBegun } from '../campaigns/campaign.ts';
import { changeActivities, WATCH_MS } from '../campaigns/start-campaign.ts';
import type { Registry } from '../ports.ts';
import type { RunStore } from './ports.ts';
import { endOf, type RunRow } from './run.ts';

export interface ShowDeps {
  readonly registry: Registry;
  readonly runs: Pick<RunStore, 'get'>;
}

/** The metric of a paused activity that tells why: REQUESTED or FAILURES. */
const PAUSED = 'PAUSED';

const isOver = ({ state }: ActivityRow): boolean => state === 'CANCELLED' || state === 'COMPLETED';

/** The activity as the run's controls have it at this moment, whichever of them was written last. */
export function asControlled(row: ActivityRow, run: Pick<RunRow, 'state' | 'paused'>): ActivityRow {
  if (isOver(row) || run.state === 'CANCELLED' || run.state === 'COMPLETED') return row;
  const { [PAUSED]: _, ...metrics } = row.executionMetrics;
  if (run.paused !== undefined)
    return { ...row, state: 'PAUSED', executionMetrics: { ...metrics, [PAUSED]: run.paused } };
  const state = run.state === 'RESOLVING' ? 'INITIALIZING' : 'RUNNING';
  return { ...row, state, executionMetrics: metrics };
}

/** A campaign that rests in the middle, and one that goes on; what the tick saw of the run before counts no more. */
export const resting = ({ watch: _, ...row }: CampaignRow): CampaignRow => ({
  ...row,
  status: 'PAUSED',
  begun: true,
  request: { ...row.request, IsPaused: true },
});
export const goingOn = ({ begun: _, watch: __, ...row }: CampaignRow): CampaignRow => ({
  ...row,
  status: 'EXECUTING',
  request: { ...row.request, IsPaused: false },
});

/** When the tick looks next at a campaign that has begun: it goes on watching one that rests. */
export const nextLook = (row: CampaignRow, now: number) =>
  hasBegun(row) ? dueAt(row.id, now + WATCH_MS) : undefined;

/** Shows at a run's activities whether it rests, and why (ExecutionMetrics.PAUSED). Nothing happens to what is over. */
export const showControls = (registry: Registry, run: RunRow): Promise<void> =>
  changeActivities(registry, run, (row) => asControlled(row, run));

/**
 * Shows that a run paused itself: its activities are PAUSED and say why, its campaign is PAUSED with IsPaused true.
 * Nothing happens to one that goes on or is over by now, nor to a campaign that rests already.
 */
export async function showPause({ registry, runs }: ShowDeps, run: RunRow, now: number): Promise<void> {
  for (;;) {
    const stored = await registry.get<CampaignRow>(campaignKey(run.appId, run.campaignId));
    // Read after the campaign: whoever resumes changes the run first and the campaign then, so one of the two is noticed here.
    const current = await runs.get(run.activityId);
    if (!current || current.paused === undefined || endOf(current, now) === 'CANCELLED') return;
    await showControls(registry, current);
    if (stored?.row.status !== 'EXECUTING') return;
    const row = { ...resting(stored.row), lastModifiedDate: new Date(now).toISOString() };
    if (await registry.replace(stored, row, nextLook(row, now))) return;
  }
}
