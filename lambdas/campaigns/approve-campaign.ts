import type { ApproveCampaign } from '../../schemas/campaigns/generated/requests.js';
import type { Ctx } from '../shared/context.ts';
import type { CampaignAnswer } from './answer.ts';
import { type CampaignControlDeps, carriedOut, decided } from './control-campaign.ts';
import { approve } from './lifecycle.ts';
import { approveSend } from './sends/control.ts';

/** Lets the campaign's held send go out, or ends that send (spec §4, "Safety"). Conflict if none is held. */
export async function approveCampaign(
  deps: CampaignControlDeps,
  ctx: Ctx,
  id: string,
  { decision = 'approve', why }: ApproveCampaign,
): Promise<CampaignAnswer> {
  const campaign = await decided(deps, ctx, id, 'approved', approve);
  return carriedOut(
    deps,
    campaign,
    ({ state }) => state === 'held',
    (send) => approveSend(deps, ctx, send, decision, why),
  );
}
