import {
  type ActivityResponse,
  CreateCampaignCommand,
  CreateImportJobCommand,
  GetCampaignActivitiesCommand,
  GetCampaignCommand,
  GetImportJobCommand,
  type ImportJobResponse,
  type PinpointClient,
  PinpointServiceException,
} from '@aws-sdk/client-pinpoint';
import { RepointError } from '../../shared/errors.ts';
import { withIdempotencyKey } from '../../shared/idempotency-key.aws.ts';
import { applicationId } from '../../shared/pinpoint-application.aws.ts';
import { messageConfiguration } from '../message.ts';
import type { ImportState, PinpointCampaigns, PinpointProgress, Progress } from '../ports.ts';
import { countsOf } from './activity-counts.ts';

/** Asks within the application of the deployment's stage. */
const inApplicationOf =
  (client: PinpointClient, stage: string) =>
  <Answer>(ask: (ApplicationId: string) => Promise<Answer>): Promise<Answer> =>
    translated(async () => ask(await applicationId(client, stage)));

/** How campaigns stand, through the official Pinpoint client. */
export function pinpointProgress(client: PinpointClient, stage: string): PinpointProgress {
  const inApplication = inApplicationOf(client, stage);
  return {
    progress: (CampaignId) =>
      inApplication(async (ApplicationId) => {
        const [campaign, activities] = await Promise.all([
          client.send(new GetCampaignCommand({ ApplicationId, CampaignId })),
          client.send(new GetCampaignActivitiesCommand({ ApplicationId, CampaignId })),
        ]);
        return progressOf(
          campaign.CampaignResponse?.State?.CampaignStatus,
          activities.ActivitiesResponse?.Item ?? [],
        );
      }),
  };
}

/** Campaigns through the official Pinpoint client; the engine assumes `importRoleArn` to read lists. */
export function pinpointCampaigns(
  client: PinpointClient,
  stage: string,
  importRoleArn: string,
): PinpointCampaigns {
  const inApplication = inApplicationOf(client, stage);
  return {
    ...pinpointProgress(client, stage),
    createImport: (key, { url, segmentName }) =>
      inApplication(async (ApplicationId) => {
        const ImportJobRequest = {
          Format: 'JSON' as const,
          S3Url: url,
          RoleArn: importRoleArn,
          DefineSegment: true,
          SegmentName: segmentName,
        };
        const command = new CreateImportJobCommand({ ApplicationId, ImportJobRequest });
        const { ImportJobResponse } = await withIdempotencyKey(client, key, command);
        return required(ImportJobResponse?.Id, 'import job');
      }),
    importJob: (JobId) =>
      inApplication(async (ApplicationId) => {
        const { ImportJobResponse: job } = await client.send(
          new GetImportJobCommand({ ApplicationId, JobId }),
        );
        return importState(job);
      }),
    createCampaign: (key, { name, segmentId, message, tags }) =>
      inApplication(async (ApplicationId) => {
        const WriteCampaignRequest = {
          Name: name,
          SegmentId: segmentId,
          // The import has just made the segment: its first version is the list.
          SegmentVersion: 1,
          Schedule: { StartTime: 'IMMEDIATE' },
          MessageConfiguration: messageConfiguration(message),
          tags: { ...tags },
        };
        const command = new CreateCampaignCommand({ ApplicationId, WriteCampaignRequest });
        const { CampaignResponse } = await withIdempotencyKey(client, key, command);
        return required(CampaignResponse?.Id, 'campaign');
      }),
  };
}

function importState(job: ImportJobResponse | undefined): ImportState {
  if (job?.JobStatus === 'COMPLETED') {
    return {
      state: 'completed',
      segmentId: required(job.Definition?.SegmentId, 'segment of the import job'),
    };
  }
  if (job?.JobStatus !== 'FAILED' && job?.JobStatus !== 'FAILING') return { state: 'pending' };
  return { state: 'failed', reason: job.Failures?.slice(0, 3).join('; ') || 'the job gave no reason' };
}

/**
 * A campaign has one activity per run and treatment; ours run once. One that rests (PAUSED) is still being sent: somebody
 * will resume or delete it.
 */
function progressOf(status: string | undefined, activities: readonly ActivityResponse[]): Progress {
  const counts = countsOf(activities);
  const ended =
    status !== 'PAUSED' &&
    activities.length > 0 &&
    activities.every(({ State }) => State === 'COMPLETED' || State === 'CANCELLED');
  const broken = activities.find(({ Result, State }) => Result === 'FAIL' || State === 'CANCELLED');
  if (status === 'INVALID' || status === 'DELETED' || (ended && broken)) {
    const why = broken?.ExecutionMetrics?.['FAILURE'] ?? broken?.State ?? status;
    return { state: 'failed', reason: `the engine ended the campaign: ${why}`, counts };
  }
  return { state: ended ? 'completed' : 'pending', counts };
}

function required(id: string | undefined, what: string): string {
  if (id === undefined) throw new Error(`The engine answered without the id of the ${what}`);
  return id;
}

/** A 4xx other than "too many" says that the request is wrong: repeating it would not help. */
async function translated<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (cause) {
    if (!(cause instanceof PinpointServiceException)) throw cause;
    const status = cause.$metadata.httpStatusCode ?? 500;
    if (status >= 500 || status === 429) throw cause;
    throw new RepointError('unprocessable', `Pinpoint refused: ${cause.name} ${cause.message}`, { cause });
  }
}
