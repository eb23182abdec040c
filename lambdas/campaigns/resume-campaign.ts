import type { Ctx } from '../shared/context.ts';
import type { CampaignAnswer } from './answer.ts';
import { changeCampaign } from './change-campaign.ts';
import { type CampaignControlDeps, carriedOut } from './control-campaign.ts';
import { resume } from './lifecycle.ts';
import { resumeSend } from './sends/control.ts';
import { openDue } from './sends/open-due.ts';

/** Begins the campaign's cycle anew, and has its resting send go on (spec §4). Conflict if it is not paused. */
export async function resumeCampaign(
  deps: CampaignControlDeps,
  ctx: Ctx,
  id: string,
): Promise<CampaignAnswer> {
  const resumed = await changeCampaign(deps, ctx, id, 'resumed', (campaign) => resume(campaign, ctx.now));
  return carriedOut(
    deps,
    await openDue(deps, ctx, resumed),
    ({ state }) => state === 'paused',
    (send) => resumeSend(deps, ctx, send),
  );
}
