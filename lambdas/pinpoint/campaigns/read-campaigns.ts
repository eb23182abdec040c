import { requireApp } from '../apps/app.ts';
import type { Registry, Stored } from '../ports.ts';
import { notFound } from '../protocol/errors.ts';
import type { Operation } from '../protocol/operation.ts';
import { pageOf, tokenOf } from '../protocol/paging.ts';
import { withTotals } from '../runs/close-run.ts';
import type { RunStore } from '../runs/ports.ts';
import { slicesOf } from '../runs/run.ts';
import { asControlled } from '../runs/show-pause.ts';
import {
  type ActivityRow,
  activityPrefix,
  activityResponse,
  appPartition,
  CAMPAIGN_PREFIX,
  type CampaignRow,
  campaignKey,
  campaignResponse,
} from './campaign.ts';

/** The campaign, or NotFoundException; a deleted one is not there any more. */
export async function requireCampaign(
  registry: Registry,
  appId: string | undefined,
  campaignId: string | undefined,
): Promise<Stored<CampaignRow>> {
  const stored = await campaignOnce(registry, appId, campaignId);
  if (stored.row.status === 'DELETED') throw noCampaign(appId, campaignId);
  return stored;
}

const noCampaign = (appId: string | undefined, campaignId: string | undefined) =>
  notFound(`Application ${appId} has no campaign ${campaignId}`);

/** The campaign, deleted or not, or NotFoundException. */
async function campaignOnce(
  registry: Registry,
  appId: string | undefined,
  campaignId: string | undefined,
): Promise<Stored<CampaignRow>> {
  const app = await requireApp(registry, appId);
  const stored = await registry.get<CampaignRow>(campaignKey(app.row.id, campaignId ?? ''));
  if (!stored) throw noCampaign(appId, campaignId);
  return stored;
}

export const getCampaign =
  (registry: Registry): Operation<'GetCampaign'> =>
  async ({ ApplicationId, CampaignId }, ctx) => {
    const { row } = await requireCampaign(registry, ApplicationId, CampaignId);
    return { CampaignResponse: campaignResponse(ctx, row) };
  };

/** GetCampaigns: a page may hold fewer than asked for where campaigns were deleted; the token says whether there are more. */
export const getCampaigns =
  (registry: Registry): Operation<'GetCampaigns'> =>
  async (input, ctx) => {
    const { row: app } = await requireApp(registry, input.ApplicationId);
    const page = pageOf(input, CAMPAIGN_PREFIX);
    const { rows, after } = await registry.list<CampaignRow>(appPartition(app.id), CAMPAIGN_PREFIX, page);
    const there = rows.filter(({ row }) => row.status !== 'DELETED');
    return {
      CampaignsResponse: { Item: there.map(({ row }) => campaignResponse(ctx, row)), ...tokenOf(after) },
    };
  };

/** GetCampaignActivities: a running activity shows the counts of this moment, and whether it rests. What came of a campaign until it was deleted can be read on. */
export const getCampaignActivities =
  (registry: Registry, runs: Pick<RunStore, 'get' | 'slices'>): Operation<'GetCampaignActivities'> =>
  async (input) => {
    const { row: campaign } = await campaignOnce(registry, input.ApplicationId, input.CampaignId);
    const prefix = activityPrefix(campaign.id);
    const page = pageOf(input, prefix);
    const { rows, after } = await registry.list<ActivityRow>(
      appPartition(campaign.applicationId),
      prefix,
      page,
    );
    const progress = await progressOf(runs, campaign.activityId, rows);
    return {
      ActivitiesResponse: { Item: rows.map(({ row }) => activityResponse(progress(row))), ...tokenOf(after) },
    };
  };

const IN_HAND: readonly ActivityRow['state'][] = ['INITIALIZING', 'RUNNING', 'PAUSED'];

/** How far each activity of a run has come, the run and its slices read once for all of them. */
async function progressOf(
  runs: Pick<RunStore, 'get' | 'slices'>,
  runId: string,
  rows: readonly Stored<ActivityRow>[],
): Promise<(row: ActivityRow) => ActivityRow> {
  const isRead = rows.some(({ row }) => IN_HAND.includes(row.state));
  const run = isRead ? await runs.get(runId) : undefined;
  if (!run) return (row) => row;
  const slices = run.state === 'RESOLVING' ? undefined : slicesOf(run, await runs.slices(runId));
  return (row) => {
    if (!IN_HAND.includes(row.state)) return row;
    return asControlled(slices ? withTotals(row, run, slices) : row, run);
  };
}
