import type { SteerCampaign } from '../../schemas/campaigns/generated/requests.js';
import type { Ctx } from '../shared/context.ts';
import type { CampaignAnswer } from './answer.ts';
import { type CampaignControlDeps, carriedOut, decided } from './control-campaign.ts';
import { pause } from './lifecycle.ts';
import { pauseSend } from './sends/control.ts';
import { canPause } from './sends/send-state.ts';

/** Ends the campaign's cycle and has its running send rest; resuming counts anew (spec §4). Conflict if nothing of it runs. */
export async function pauseCampaign(
  deps: CampaignControlDeps,
  ctx: Ctx,
  id: string,
  { why }: SteerCampaign = {},
): Promise<CampaignAnswer> {
  const paused = await decided(deps, ctx, id, 'paused', pause, why);
  return carriedOut(
    deps,
    paused,
    ({ state }) => canPause(state),
    (send) => pauseSend(deps, ctx, send, why),
  );
}
