import type { Ctx } from '../shared/context.ts';
import { DAY_MS } from '../shared/durations.ts';
import type { Ids } from '../shared/ids.ts';
import { logger } from '../shared/telemetry.ts';
import type { CampaignAnswer } from './answer.ts';
import type { Campaign } from './campaign.ts';
import { canonical } from './definition/same.ts';
import type { CampaignStore, LikenessStore } from './ports.ts';
import { nextSendAt } from './standing.ts';

export interface LikenessDeps {
  readonly campaigns: CampaignStore;
  readonly likenesses: LikenessStore;
  readonly ids: Ids;
}

export interface WarnedAnswer extends CampaignAnswer {
  /** What may be a mistake, and was done all the same. */
  readonly warnings: readonly string[];
}

/**
 * Warns of other campaigns that say the same to the same segment within 24 hours of this one, and has later ones warned of
 * it. Asked whenever a campaign is made, goes, or says something else: a draft of last month may be the second one today.
 * A warning, not a guard: two that are created in the same moment may miss each other, and what cannot be looked up is not
 * warned of.
 */
export async function warnings(deps: LikenessDeps, ctx: Ctx, campaign: Campaign): Promise<string[]> {
  try {
    return await warned(deps, ctx, campaign);
  } catch (cause) {
    // What was decided is done already, or is to be.
    logger.warn('nobody was warned', { campaign: campaign.id, error: cause as Error });
    return [];
  }
}

async function warned(
  { campaigns, likenesses, ids }: LikenessDeps,
  { now }: Ctx,
  campaign: Campaign,
): Promise<string[]> {
  const { id, segment } = campaign;
  const print = printOf(ids, campaign);
  const at = nextSendAt(campaign) ?? new Date(now).toISOString();
  const known = new Set((await likenesses.alike(print)).map(({ campaignId }) => campaignId));
  known.delete(id);
  await likenesses.remember(print, { campaignId: id, at, until: untilOf(campaign, at) });
  const found = await Promise.all([...known].map((campaignId) => campaigns.get(campaignId)));
  return found
    .filter((other) => other !== undefined)
    .filter((other) => printOf(ids, other) === print && isNear(other, Date.parse(at)))
    .map(
      (other) =>
        `Campaign ${other.id} ("${other.name}") says the same to segment "${segment}" within 24 hours`,
    );
}

const printOf = (ids: Ids, { segment, channel, variants }: Campaign): string =>
  ids.derived('likeness', segment, channel, canonical(variants.map(({ content }) => content)));

/** A cycle says it again and again. */
const untilOf = ({ schedule }: Campaign, at: string): string =>
  schedule.kind === 'recurring' ? `${schedule.until ?? '9999-12-31'}T23:59:59.999Z` : at;

/** Whether it goes out, is going out or went out within a day of `at`. */
function isNear({ status, next, open, last }: Campaign, at: number): boolean {
  if (status === 'cancelled') return false;
  const sends = [...Object.values(open), ...(last && last.sent > 0 ? [last] : [])];
  const times = [...sends.map(({ scheduledFor }) => scheduledFor), ...(next ? [next.at] : [])];
  return times.some((time) => Math.abs(Date.parse(time) - at) < DAY_MS);
}
