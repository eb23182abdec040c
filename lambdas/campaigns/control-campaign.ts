import type { Ctx } from '../shared/context.ts';
import { RepointError } from '../shared/errors.ts';
import { answerAbout, type CampaignAnswer } from './answer.ts';
import type { Campaign, Doing, SendSummary } from './campaign.ts';
import { type ChangeDeps, changeCampaign } from './change-campaign.ts';
import { openSends } from './lifecycle.ts';
import type { SegmentFinder } from './ports.ts';
import type { ControlDeps, SendRef } from './sends/control.ts';
import type { Send } from './sends/send.ts';
import { showSend } from './show-send.ts';
import { withSend } from './standing.ts';

/** Everything a decision about a campaign and its sends needs. */
export type CampaignControlDeps = ChangeDeps & ControlDeps & { readonly segments: SegmentFinder };

/**
 * `changeCampaign`, on what the campaign's open sends are now: a send may have been held, or have paused itself, a moment
 * before its campaign's row says so.
 */
export async function decided(
  deps: CampaignControlDeps,
  ctx: Ctx,
  id: string,
  what: Doing,
  decide: (campaign: Campaign) => Campaign,
  why?: string,
): Promise<Campaign> {
  const before = await deps.campaigns.get(id);
  for (const { id: sendId } of before ? openSends(before) : []) await showSend(deps, id, sendId);
  return changeCampaign(deps, ctx, id, what, decide, why);
}

/**
 * Carries a decision about a campaign out on those of its open sends that it is about, and answers how the campaign then
 * stands. A send that came to its end meanwhile is left as it is. Whoever breaks off half-way may repeat the decision.
 */
export async function carriedOut(
  deps: CampaignControlDeps,
  campaign: Campaign,
  isMeant: (send: SendSummary) => boolean,
  steer: (ref: SendRef) => Promise<Send>,
): Promise<CampaignAnswer> {
  const steered: Send[] = [];
  for (const { id: sendId } of openSends(campaign).filter(isMeant)) {
    const send = await unlessOver(steer({ campaignId: campaign.id, sendId }));
    if (send) steered.push(send);
  }
  return answerAbout(deps, steered.reduce(withSend, campaign));
}

async function unlessOver(steered: Promise<Send>): Promise<Send | undefined> {
  try {
    return await steered;
  } catch (error) {
    if (error instanceof RepointError && error.code === 'conflict') return undefined;
    throw error;
  }
}
