import type { Ctx } from '../shared/context.ts';
import { notFound } from '../shared/errors.ts';
import type { Campaign, Doing } from './campaign.ts';
import type { CampaignStore, ChangeStore } from './ports.ts';
import { replaced } from './replaced.ts';
import type { VersionStore } from './sends/ports.ts';

export interface ChangeDeps {
  readonly campaigns: CampaignStore;
  readonly changes: ChangeStore;
  readonly versions: VersionStore;
}

/**
 * Changes a campaign in somebody's name, on the condition that nobody wrote it since it was read. Before the row is
 * replaced, what it says was done last, and the version an edit replaces, are kept beside it: neither can change any more,
 * so that two who try to replace the same row keep the same. Nothing is written when `decide` answers what it was given.
 */
export async function changeCampaign(
  { campaigns, changes, versions }: ChangeDeps,
  ctx: Ctx,
  id: string,
  what: Doing,
  decide: (campaign: Campaign) => Campaign | Promise<Campaign>,
  why?: string,
): Promise<Campaign> {
  const changed = await replaced(campaigns, id, async (campaign) => {
    const next = await decide(campaign);
    if (next === campaign) return campaign;
    if (next.version !== campaign.version) await versions.keep(campaign);
    await changes.keep(campaign.id, lastChange(campaign));
    return {
      ...next,
      change: { seq: campaign.change.seq + 1, what, ...(why === undefined ? {} : { why }) },
      // Of two who ask at once the one that is written last may have asked first.
      changedAt: new Date(Math.max(ctx.now, Date.parse(campaign.changedAt))).toISOString(),
      changedBy: ctx.actor,
    };
  });
  if (!changed) throw notFound(`There is no campaign "${id}"`, 'id');
  return changed;
}

/** What was done to a campaign last, as it is kept for good. */
export const lastChange = ({ change, changedAt, changedBy, version }: Campaign) => ({
  ...change,
  at: changedAt,
  by: changedBy,
  version,
});
