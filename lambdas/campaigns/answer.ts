import { RepointError } from '../shared/errors.ts';
import type { Campaign, CampaignState } from './campaign.ts';
import type { FoundSegment, SegmentFinder } from './ports.ts';
import { nextSendAt, stateOf } from './standing.ts';

/** What everybody is told who made, started or changed a campaign. */
export interface CampaignAnswer extends Pick<Campaign, 'id' | 'name' | 'segment' | 'channel' | 'version'> {
  readonly state: CampaignState;
  readonly nextSendAt: string | null;
  /** Members when the segment was last resolved as it is now; null when it never was. */
  readonly estimate: { readonly recipients: number | null; readonly asOf: string | null };
}

export function answerOf(campaign: Campaign, segment: FoundSegment | undefined): CampaignAnswer {
  const { id, name, channel, version } = campaign;
  return {
    id,
    name,
    state: stateOf(campaign),
    segment: campaign.segment,
    channel,
    version,
    nextSendAt: nextSendAt(campaign),
    estimate: { recipients: segment?.lastSize?.members ?? null, asOf: segment?.lastSize?.at ?? null },
  };
}

/** The answer about a campaign whose segment may be gone. */
export async function answerAbout(
  { segments }: { readonly segments: SegmentFinder },
  campaign: Campaign,
): Promise<CampaignAnswer> {
  try {
    return answerOf(campaign, await segments.find(campaign.segment));
  } catch (error) {
    if (error instanceof RepointError && error.code === 'not_found') return answerOf(campaign, undefined);
    throw error;
  }
}
