import type { CampaignLimits, WriteCampaignRequest } from '@aws-sdk/client-pinpoint';

/** The tag that gives a campaign's rate in messages a minute, which Pinpoint's Limits cannot say (docs/pinpoint-api.md). */
export const RATE_TAG = 'repoint:rate';

const SECONDS = 60;

/**
 * Messages a minute: the tag, else Limits.MessagesPerSecond, else the application's default when the campaign was
 * created; undefined is as fast as possible. Checked before (campaigns/validate.ts).
 */
export function rateOf(
  request: Pick<WriteCampaignRequest, 'tags' | 'Limits'>,
  defaults?: CampaignLimits,
): number | undefined {
  const tag = request.tags?.[RATE_TAG];
  if (tag !== undefined) return Number(tag);
  const perSecond = request.Limits?.MessagesPerSecond || defaults?.MessagesPerSecond;
  return perSecond ? perSecond * SECONDS : undefined;
}
