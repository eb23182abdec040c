import type { Ctx } from '../shared/context.ts';
import type { Ids } from '../shared/ids.ts';
import type { Campaign } from './campaign.ts';
import type { CampaignStore, LikenessStore } from './ports.ts';
import { nextSendAt, stateOf } from './standing.ts';

export interface LikenessDeps {
  readonly campaigns: CampaignStore;
  readonly likenesses: LikenessStore;
  readonly ids: Ids;
}

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Warns of other campaigns that say the same to the same segment within 24 hours, and has later ones warned of this one.
 * A warning, not a guard: two that are created in the same moment may miss each other.
 */
export async function warnings(
  { campaigns, likenesses, ids }: LikenessDeps,
  { now }: Ctx,
  campaign: Campaign,
): Promise<string[]> {
  const { id, segment, channel, variants } = campaign;
  const print = ids.derived(
    'likeness',
    segment,
    channel,
    JSON.stringify(variants.map(({ content }) => content)),
  );
  const at = nextSendAt(campaign) ?? new Date(now).toISOString();
  const others = (await likenesses.alike(print)).filter(
    (other) => other.campaignId !== id && Math.abs(Date.parse(other.at) - Date.parse(at)) < DAY_MS,
  );
  await likenesses.remember(print, { campaignId: id, at });
  const found = await Promise.all(others.map(({ campaignId }) => campaigns.get(campaignId)));
  return found
    .filter((other) => other !== undefined)
    .filter((other) => !['cancelled', 'draft'].includes(stateOf(other)))
    .map(
      (other) =>
        `Campaign ${other.id} ("${other.name}") says the same to segment "${segment}" within 24 hours`,
    );
}
