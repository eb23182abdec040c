import type { Operations } from '../protocol/operation.ts';
import type { RunStore } from '../runs/ports.ts';
import { type CreateDeps, createCampaign } from './create-campaign.ts';
import { deleteCampaign } from './delete-campaign.ts';
import { getCampaign, getCampaignActivities, getCampaigns } from './read-campaigns.ts';

export interface CampaignDeps extends CreateDeps {
  readonly runs: Pick<RunStore, 'get' | 'slices' | 'move'>;
}

export const campaignOperations = (deps: CampaignDeps) =>
  ({
    CreateCampaign: createCampaign(deps),
    GetCampaign: getCampaign(deps.registry),
    GetCampaigns: getCampaigns(deps.registry),
    DeleteCampaign: deleteCampaign(deps.registry, deps.runs),
    GetCampaignActivities: getCampaignActivities(deps.registry, deps.runs),
  }) satisfies Operations;
