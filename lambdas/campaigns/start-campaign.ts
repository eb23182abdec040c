import type { SteerCampaign } from '../../schemas/campaigns/generated/requests.js';
import type { Ctx } from '../shared/context.ts';
import { answerAbout } from './answer.ts';
import { type ChangeDeps, changeCampaign } from './change-campaign.ts';
import { start } from './lifecycle.ts';
import { type LikenessDeps, type WarnedAnswer, warnings } from './likeness.ts';
import type { SegmentFinder } from './ports.ts';
import { type OpenDeps, openDue } from './sends/open-due.ts';

export type StartDeps = ChangeDeps & OpenDeps & LikenessDeps & { readonly segments: SegmentFinder };

/** Has a draft or a stopped campaign go out: at once, at its time, or in its cycle. Conflict if it is neither. */
export async function startCampaign(
  deps: StartDeps,
  ctx: Ctx,
  id: string,
  { why }: SteerCampaign = {},
): Promise<WarnedAnswer> {
  const started = await changeCampaign(deps, ctx, id, 'started', (campaign) => start(campaign, ctx.now), why);
  const answer = await answerAbout(deps, await openDue(deps, ctx, started));
  return { ...answer, warnings: await warnings(deps, ctx, started) };
}
