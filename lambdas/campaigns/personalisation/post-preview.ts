import type { PreviewCampaign } from '../../../schemas/campaigns/generated/requests.js';
import type { Ctx } from '../../shared/context.ts';
import { notFound } from '../../shared/errors.ts';
import type { Definition } from '../campaign.ts';
import { type Preview, type PreviewDeps, previewCampaign } from './preview.ts';

export interface PostPreviewDeps extends PreviewDeps {
  /** What a stored campaign says. */
  readonly stored: (campaignId: string) => Promise<Definition | undefined>;
  /** What a body of POST /v1/campaigns would say; throws with all that is wrong with it. */
  readonly defined: (ctx: Ctx, body: unknown) => Promise<Definition>;
}

/** POST /v1/campaigns/preview: of a stored campaign, or of one that is being written. */
export async function postPreview(
  deps: PostPreviewDeps,
  ctx: Ctx,
  { userId, campaignId, campaign, variant }: PreviewCampaign,
): Promise<Preview> {
  const says = campaignId === undefined ? await deps.defined(ctx, campaign) : await deps.stored(campaignId);
  if (!says) throw notFound(`There is no campaign "${campaignId}"`, 'campaignId');
  return previewCampaign(deps, ctx, { userId, says, ...(variant === undefined ? {} : { variant }) });
}
