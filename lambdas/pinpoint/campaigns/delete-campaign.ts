import type { Registry } from '../ports.ts';
import { conflict } from '../protocol/errors.ts';
import type { Operation } from '../protocol/operation.ts';
import { type CancelDeps, cancelRun } from '../runs/cancel-run.ts';
import { type CampaignRow, campaignResponse, dueAt, hasBegun } from './campaign.ts';
import { requireCampaign } from './read-campaigns.ts';

/**
 * DeleteCampaign: a scheduled campaign never starts; a running one is cancelled: whoever has no message yet gets none and
 * is told in the ledger. The row stays as DELETED, so that a repeat of its Idempotency-Key does not send again.
 */
export const deleteCampaign =
  (registry: Registry, lanes: CancelDeps): Operation<'DeleteCampaign'> =>
  async ({ ApplicationId, CampaignId }, ctx) => {
    const stored = await requireCampaign(registry, ApplicationId, CampaignId);
    const { row } = stored;
    const deleted: CampaignRow = {
      ...row,
      status: 'DELETED',
      lastModifiedDate: new Date(ctx.now).toISOString(),
    };
    // A running one stays due: the tick sees to it that what is left of the run is settled.
    const due = hasBegun(row) ? dueAt(row.id, ctx.now) : undefined;
    if (!(await registry.replace(stored, deleted, due)))
      throw conflict(`Campaign ${row.id} was changed at this moment; try again`);
    await cancelRun(lanes, row.activityId, ctx.now);
    return { CampaignResponse: campaignResponse(ctx, deleted) };
  };
