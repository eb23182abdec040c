import type { SteerCampaign } from '../../schemas/campaigns/generated/requests.js';
import type { Ctx } from '../shared/context.ts';
import { type CampaignControlDeps, carriedOut, decided } from './control-campaign.ts';
import { resume } from './lifecycle.ts';
import { type LikenessDeps, type WarnedAnswer, warnings } from './likeness.ts';
import { resumeSend } from './sends/control.ts';
import { openDue } from './sends/open-due.ts';

export type ResumeDeps = CampaignControlDeps & LikenessDeps;

/** Begins the campaign's cycle anew, and has its resting send go on (spec §4). Conflict if it is not paused. */
export async function resumeCampaign(
  deps: ResumeDeps,
  ctx: Ctx,
  id: string,
  { why }: SteerCampaign = {},
): Promise<WarnedAnswer> {
  const resumed = await decided(deps, ctx, id, 'resumed', (campaign) => resume(campaign, ctx.now), why);
  const answer = await carriedOut(
    deps,
    await openDue(deps, ctx, resumed),
    ({ state }) => state === 'paused',
    (send) => resumeSend(deps, ctx, send, why),
  );
  return { ...answer, warnings: await warnings(deps, ctx, resumed) };
}
