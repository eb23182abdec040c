import type { SteerCampaign } from '../../schemas/campaigns/generated/requests.js';
import type { Ctx } from '../shared/context.ts';
import type { CampaignAnswer } from './answer.ts';
import { type CampaignControlDeps, carriedOut, decided } from './control-campaign.ts';
import { cancel } from './lifecycle.ts';
import { cancelSend } from './sends/control.ts';

/** Ends the campaign for good; of a running send, who has no message yet gets none. Conflict if it has ended. */
export async function cancelCampaign(
  deps: CampaignControlDeps,
  ctx: Ctx,
  id: string,
  { why }: SteerCampaign = {},
): Promise<CampaignAnswer> {
  const cancelled = await decided(deps, ctx, id, 'cancelled', cancel, why);
  return carriedOut(
    deps,
    cancelled,
    () => true,
    (send) => cancelSend(deps, ctx, send, why),
  );
}
