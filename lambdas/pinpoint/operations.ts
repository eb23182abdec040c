import type { DeleteAppDeps } from './apps/delete-app.ts';
import { appOperations } from './apps/operations.ts';
import { type CampaignDeps, campaignOperations } from './campaigns/operations.ts';
import { channelOperations } from './channels-api/operations.ts';
import { endpointOperations } from './endpoints/operations.ts';
import type { EndpointDeps } from './endpoints/write-endpoints.ts';
import { jobOperations } from './jobs/operations.ts';
import type { Operations } from './protocol/operation.ts';
import { segmentOperations } from './segments/operations.ts';
import { type SendingDeps, sendingOperations } from './sending/operations.ts';
import { tagOperations } from './tags/operations.ts';
import { templateOperations } from './templates/operations.ts';
import type { TemplateDeps } from './templates/ports.ts';

export type EngineDeps = DeleteAppDeps & EndpointDeps & CampaignDeps & SendingDeps & TemplateDeps;

/** Every operation that is there (docs/pinpoint-api.md). */
export const engineOperations = (deps: EngineDeps) =>
  ({
    ...appOperations(deps),
    ...endpointOperations(deps),
    ...segmentOperations(deps),
    ...jobOperations(deps),
    ...campaignOperations(deps),
    ...channelOperations(deps.registry),
    ...tagOperations(deps.registry),
    ...sendingOperations(deps),
    ...templateOperations(deps),
  }) satisfies Operations;
