import type { QueueSender } from '../../shared/queue-sender.ts';
import type { Operations } from '../protocol/operation.ts';
import type { RunStore } from '../runs/ports.ts';
import type { LaneMessage } from '../runs/run.ts';
import { type CreateDeps, createCampaign } from './create-campaign.ts';
import { deleteCampaign } from './delete-campaign.ts';
import { getCampaign, getCampaignActivities, getCampaigns } from './read-campaigns.ts';
import { updateCampaign } from './update-campaign.ts';

export interface CampaignDeps extends CreateDeps {
  readonly runs: Pick<RunStore, 'get' | 'slices' | 'move' | 'control'>;
  readonly sliceQueue: QueueSender<LaneMessage>;
}

export const campaignOperations = (deps: CampaignDeps) =>
  ({
    CreateCampaign: createCampaign(deps),
    GetCampaign: getCampaign(deps.registry),
    GetCampaigns: getCampaigns(deps.registry),
    UpdateCampaign: updateCampaign(deps),
    DeleteCampaign: deleteCampaign(deps.registry, deps),
    GetCampaignActivities: getCampaignActivities(deps.registry, deps.runs),
  }) satisfies Operations;
