import type { Registry } from '../ports.ts';
import { conflict } from '../protocol/errors.ts';
import type { Operation } from '../protocol/operation.ts';
import { type CancelDeps, cancelRun } from '../runs/cancel-run.ts';
import { type CampaignRow, campaignResponse, dueAt, hasBegun } from './campaign.ts';
import { requireCampaign } from './read-campaigns.ts';

/** A tick or a worker that writes the campaign at the same moment must not refuse its end. */
const ATTEMPTS = 5;

/**
 * DeleteCampaign: a scheduled campaign never starts; a running one is cancelled: whoever has no message yet gets none and
 * is told in the ledger. The row stays as DELETED, so that a repeat of its Idempotency-Key does not send again.
 */
export const deleteCampaign =
  (registry: Registry, lanes: CancelDeps): Operation<'DeleteCampaign'> =>
  async ({ ApplicationId, CampaignId }, ctx) => {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const stored = await requireCampaign(registry, ApplicationId, CampaignId);
      const { row } = stored;
      const deleted: CampaignRow = {
        ...row,
        status: 'DELETED',
        lastModifiedDate: new Date(ctx.now).toISOString(),
      };
      // A running one stays due: the tick sees to it that what is left of the run is settled.
      const due = hasBegun(row) ? dueAt(row.id, ctx.now) : undefined;
      if (!(await registry.replace(stored, deleted, due))) continue;
      await cancelRun(lanes, row.activityId, ctx.now);
      return { CampaignResponse: campaignResponse(ctx, deleted) };
    }
    throw conflict(`Campaign ${CampaignId} was changed at this moment; try again`);
  };
