import { inParallel } from '../../shared/parallel.ts';
import type { QueueSender } from '../../shared/queue-sender.ts';
import { CAMPAIGN_PREFIX, type CampaignRow } from '../campaigns/campaign.ts';
import type { JobMessage } from '../jobs/message.ts';
import type { Registry, Stored } from '../ports.ts';
import type { Operation } from '../protocol/operation.ts';
import { type CancelDeps, cancelRun } from '../runs/cancel-run.ts';
import { appKey, appPartition, appResponse, requireApp } from './app.ts';

/** What erases in a job of its own. */
export interface EraseDeps {
  readonly registry: Registry;
  readonly jobs: QueueSender<JobMessage>;
}

export type DeleteAppDeps = EraseDeps & CancelDeps;

const CANCELS_AT_ONCE = 8;

/** The runs of campaigns that may be running. */
const runsOf = (rows: readonly Stored<unknown>[]): string[] =>
  rows
    .filter(({ key }) => key.sk.startsWith(CAMPAIGN_PREFIX))
    .map(({ row }) => row as CampaignRow)
    .filter(({ status }) => status !== 'COMPLETED')
    .map(({ activityId }) => activityId);

/**
 * DeleteApp: its runs are cancelled and its registry rows go at once, its endpoints and lists by a job (there may be
 * millions). The application's own row goes last, so that a call that was cut short can be made again.
 */
export const deleteApp =
  ({ registry, jobs, ...lanes }: DeleteAppDeps): Operation<'DeleteApp'> =>
  async ({ ApplicationId }, ctx) => {
    const { row } = await requireApp(registry, ApplicationId);
    const { rows } = await registry.list(appPartition(row.id), '');
    // Before, for nobody finds a run whose campaign is gone; and after, for one that began meanwhile.
    const cancelled = () =>
      inParallel(runsOf(rows), CANCELS_AT_ONCE, (activityId) => cancelRun(lanes, activityId, ctx.now));
    await cancelled();
    for (const { key } of rows) await registry.remove(key);
    await cancelled();
    await jobs.send({ kind: 'erase', appId: row.id });
    await registry.remove(appKey(row.id));
    return { ApplicationResponse: appResponse(ctx, row) };
  };
