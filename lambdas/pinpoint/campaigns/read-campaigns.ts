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
  const app = await requireApp(registry, appId);
  const stored = await registry.get<CampaignRow>(campaignKey(app.row.id, campaignId ?? ''));
  if (!stored || stored.row.status === 'DELETED')
    throw notFound(`Application ${appId} has no campaign ${campaignId}`);
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

/** GetCampaignActivities: a running activity shows the counts of this moment, and whether it rests. */
export const getCampaignActivities =
  (registry: Registry, runs: Pick<RunStore, 'get' | 'slices'>): Operation<'GetCampaignActivities'> =>
  async (input) => {
    const { row: campaign } = await requireCampaign(registry, input.ApplicationId, input.CampaignId);
    const prefix = activityPrefix(campaign.id);
    const page = pageOf(input, prefix);
    const { rows, after } = await registry.list<ActivityRow>(
      appPartition(campaign.applicationId),
      prefix,
      page,
    );
    const Item = await Promise.all(
      rows.map(async ({ row }) => activityResponse(await withProgress(runs, row, campaign.activityId))),
    );
    return { ActivitiesResponse: { Item, ...tokenOf(after) } };
  };

const IN_HAND: readonly ActivityRow['state'][] = ['INITIALIZING', 'RUNNING', 'PAUSED'];

async function withProgress(runs: Pick<RunStore, 'get' | 'slices'>, row: ActivityRow, runId: string) {
  const run = IN_HAND.includes(row.state) ? await runs.get(runId) : undefined;
  if (!run) return row;
  const counted =
    run.state === 'RESOLVING' ? row : withTotals(row, run, slicesOf(run, await runs.slices(runId)));
  return asControlled(counted, run);
}
