import type { CampaignRow } from '../campaigns/campaign.ts';
import { DEFAULT_TREATMENT } from '../campaigns/start-campaign.ts';
import { partsOf } from '../channels/registry.ts';
import { type CompiledPart, compilePart } from '../delivery/render.ts';
import { USER_ATTRIBUTE } from '../delivery/variables.ts';
import { type Audience, HOLDOUT } from './expand.ts';
import type { RunPlan } from './run.ts';

/** A percent in buckets of 0.01 %. */
const BUCKETS_PER_PERCENT = 100;
/** The tag whose value keeps a recurring campaign's split the same from send to send (design.md, "Split"). */
const STABLE_KEY_TAG = 'repoint:campaign';

/** The run's plan: the campaign as it is now, so that a later edit does not change messages on their way. */
export function planOf(campaign: CampaignRow): RunPlan {
  const message = campaign.request.MessageConfiguration ?? {};
  return {
    applicationId: campaign.applicationId,
    campaignId: campaign.id,
    activityId: campaign.activityId,
    treatmentId: DEFAULT_TREATMENT,
    message,
    campaignTags: JSON.stringify(campaign.request.tags ?? {}),
    userNames: [...compiledParts(message).values()]
      .flatMap(({ variables }) => variables)
      .filter((name, index, all) => name.startsWith(USER_ATTRIBUTE) && all.indexOf(name) === index),
  };
}

export function audienceOf(campaign: CampaignRow, plan: RunPlan): Audience {
  const holdout = (campaign.request.HoldoutPercent ?? 0) * BUCKETS_PER_PERCENT;
  return {
    channelTypes: new Set(partsOf(plan.message).keys()),
    userNames: plan.userNames,
    stableKey: campaign.request.tags?.[STABLE_KEY_TAG] ?? campaign.id,
    shares: [{ id: HOLDOUT, buckets: holdout }],
  };
}

/** The message's parts, compiled once, by channel type. */
export const compiledParts = (message: RunPlan['message']): Map<string, CompiledPart> =>
  new Map([...partsOf(message)].map(([type, part]) => [type, compilePart(part)]));
