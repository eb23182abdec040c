import {
  type ActivityResponse,
  CreateCampaignCommand,
  CreateImportJobCommand,
  DeleteCampaignCommand,
  GetCampaignActivitiesCommand,
  GetCampaignCommand,
  GetImportJobCommand,
  type ImportJobResponse,
  type PinpointClient,
  PinpointServiceException,
  UpdateCampaignCommand,
} from '@aws-sdk/client-pinpoint';
import { RepointError } from '../../shared/errors.ts';
import { withIdempotencyKey } from '../../shared/idempotency-key.aws.ts';
import { applicationId } from '../../shared/pinpoint-application.aws.ts';
import { countsOf } from './activity-counts.ts';
import type {
  ImportState,
  PinpointCampaigns,
  PinpointControls,
  PinpointProgress,
  Progress,
} from './ports.ts';
import { rateTag } from './run-request.ts';
import { NO_COUNTS } from './send.ts';

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
        const [campaign, found] = await Promise.all([
          unlessGone(client.send(new GetCampaignCommand({ ApplicationId, CampaignId }))),
          unlessGone(client.send(new GetCampaignActivitiesCommand({ ApplicationId, CampaignId }))),
        ]);
        const activities = found?.ActivitiesResponse?.Item ?? [];
        if (!campaign) return { state: 'gone', counts: countsOf(activities) };
        return progressOf(campaign.CampaignResponse?.State?.CampaignStatus, activities);
      }),
  };
}

/** Steers campaigns through the official Pinpoint client. */
export function pinpointControls(client: PinpointClient, stage: string): PinpointControls {
  const inApplication = inApplicationOf(client, stage);
  return {
    steer: (CampaignId, { rests, ratePerMinute }) =>
      inApplication(async (ApplicationId) => {
        const WriteCampaignRequest = { IsPaused: rests, tags: { 'repoint:rate': rateTag(ratePerMinute) } };
        const told = await unlessOver(
          client.send(new UpdateCampaignCommand({ ApplicationId, CampaignId, WriteCampaignRequest })),
        );
        return told !== undefined;
      }),
    remove: (CampaignId) =>
      inApplication(async (ApplicationId) => {
        await unlessGone(client.send(new DeleteCampaignCommand({ ApplicationId, CampaignId })));
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
    ...pinpointControls(client, stage),
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
    createCampaign: (key, WriteCampaignRequest) =>
      inApplication(async (ApplicationId) => {
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
  if (job?.JobStatus !== 'FAILED' && job?.JobStatus !== 'FAILING')
    return { state: 'pending', lines: job?.TotalProcessed ?? 0 };
  return { state: 'failed', reason: job.Failures?.slice(0, 3).join('; ') || 'the job gave no reason' };
}

/** A campaign has one activity per run and treatment, made when the run begins; ours run once. */
function progressOf(status: string | undefined, activities: readonly ActivityResponse[]): Progress {
  const counts = countsOf(activities);
  if (activities.length === 0)
    return status === 'PAUSED' ? { state: 'waiting', counts } : withoutActivities(status);
  if (status === 'PAUSED') return { state: 'paused', reason: pauseOf(activities), counts };
  const ended = activities.every(({ State }) => State === 'COMPLETED' || State === 'CANCELLED');
  const broken = activities.find(({ Result, State }) => Result === 'FAIL' || State === 'CANCELLED');
  if (isLost(status) || (ended && broken)) {
    return { state: 'failed', reason: `the engine ended the campaign: ${whyOf(broken) ?? status}`, counts };
  }
  return { state: ended ? 'completed' : 'running', counts };
}

/** What the engine says went wrong; FAILURE is a number where it counts messages. */
function whyOf(broken: ActivityResponse | undefined): string | undefined {
  const { FAILURE: text = '', SLICE_LOST: lost } = broken?.ExecutionMetrics ?? {};
  if (text !== '' && Number.isNaN(Number(text))) return text;
  return lost === undefined
    ? broken?.State
    : `${lost} recipients were lost, for their slice could not be read`;
}

const isLost = (status: string | undefined): boolean => status === 'INVALID' || status === 'DELETED';

const withoutActivities = (status: string | undefined): Progress =>
  isLost(status)
    ? { state: 'failed', reason: `the engine ended the campaign: ${status}`, counts: NO_COUNTS }
    : { state: 'running', counts: NO_COUNTS };

/** Why it rests: REQUESTED, or FAILURES when it paused itself. */
const pauseOf = (activities: readonly ActivityResponse[]): string =>
  activities.map(({ ExecutionMetrics }) => ExecutionMetrics?.['PAUSED']).find((reason) => reason) ??
  'REQUESTED';

function required(id: string | undefined, what: string): string {
  if (id === undefined) throw new Error(`The engine answered without the id of the ${what}`);
  return id;
}

const statusOf = (cause: unknown): number | undefined =>
  cause instanceof PinpointServiceException ? (cause.$metadata.httpStatusCode ?? 500) : undefined;

/** undefined when there is no such campaign (any more). */
const unlessGone = <Answer>(asked: Promise<Answer>): Promise<Answer | undefined> => unless(asked, [404]);
/** undefined when the campaign is over or gone: a running one takes every rate and pause that we send. */
const unlessOver = <Answer>(asked: Promise<Answer>): Promise<Answer | undefined> => unless(asked, [400, 404]);

async function unless<Answer>(
  asked: Promise<Answer>,
  statuses: readonly number[],
): Promise<Answer | undefined> {
  try {
    return await asked;
  } catch (cause) {
    if (statuses.includes(statusOf(cause) ?? 0)) return undefined;
    throw cause;
  }
}

/** A 4xx other than "too many" says that the request is wrong: repeating it would not help. */
async function translated<Answer>(ask: () => Promise<Answer>): Promise<Answer> {
  try {
    return await ask();
  } catch (cause) {
    const status = statusOf(cause);
    // ConflictException says that others write it at this moment.
    if (status === undefined || status >= 500 || status === 429 || status === 409) throw cause;
    const { name, message } = cause as PinpointServiceException;
    throw new RepointError('unprocessable', `Pinpoint refused: ${name} ${message}`, { cause });
  }
}
