import type { Ctx } from '../../shared/context.ts';
import { type DefineDeps, defined } from '../define.ts';
import { type Estimate, type EstimateDeps, estimateCampaign } from './estimate-campaign.ts';

export type PostEstimateDeps = DefineDeps & EstimateDeps;

/** POST /v1/campaigns/estimate: the body of POST /v1/campaigns, of which nothing is kept. Throws what creating it would throw. */
export async function postEstimate(deps: PostEstimateDeps, ctx: Ctx, body: unknown): Promise<Estimate> {
  const { definition } = await defined(deps, ctx, body);
  return estimateCampaign(deps, ctx, definition);
}
