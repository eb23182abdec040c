import type {
  ActivityResponse,
  CampaignHook,
  CampaignLimits,
  CampaignResponse,
  CampaignStatus,
  QuietTime,
  TreatmentResource,
  WriteCampaignRequest,
} from '@aws-sdk/client-pinpoint';
import type { Due, RegistryKey } from '../ports.ts';
import { arnOf, type EngineCtx } from '../protocol/operation.ts';
import { hash32 } from './split.ts';

/** Shards of the index `due` (design.md, "Tick"). */
export const DUE_SHARDS = 64;

/** A campaign as it is stored. Deleted ones stay as DELETED, so that a repeated request cannot send again. */
export interface CampaignRow {
  readonly applicationId: string;
  readonly id: string;
  readonly version: number;
  readonly status: CampaignStatus;
  /** Whether a PAUSED campaign rests in the middle of its run; without it, it waits to be begun. */
  readonly begun?: true;
  /** The request as it was validated; its IsPaused is true while the campaign is PAUSED. */
  readonly request: WriteCampaignRequest;
  readonly segmentVersion: number;
  /** The activity of its run, known from the start: a run that is started twice is the same run. */
  readonly activityId: string;
  /** When it is to start, epoch milliseconds; the creation for IMMEDIATE. */
  readonly startAt: number;
  /** ISO 8601 with milliseconds. */
  readonly creationDate: string;
  readonly lastModifiedDate: string;
  /** The application's settings when the campaign was created: later ones do not change it (pinpoint.md §2.1). */
  readonly defaults?: CampaignDefaults;
  /** What the tick saw of the run when it last looked (campaigns/tick.ts). */
  readonly watch?: Watch;
}

export interface CampaignDefaults {
  readonly CampaignHook?: CampaignHook | undefined;
  readonly Limits?: CampaignLimits | undefined;
  readonly QuietTime?: QuietTime | undefined;
}

export interface Watch {
  /** Looks in a row that found nobody at work and queued lanes. */
  readonly idleLooks: number;
}

/** A run of a campaign, as Pinpoint shows it. */
export interface ActivityRow {
  readonly applicationId: string;
  readonly campaignId: string;
  readonly id: string;
  readonly treatmentId: string;
  readonly state: 'PENDING' | 'INITIALIZING' | 'RUNNING' | 'PAUSED' | 'CANCELLED' | 'COMPLETED';
  readonly result?: 'SUCCESS' | 'FAIL';
  /** ISO 8601 with milliseconds. */
  readonly scheduledStart: string;
  readonly start?: string;
  readonly end?: string;
  readonly successfulEndpointCount?: number;
  readonly totalEndpointCount?: number;
  /** Of a run at local time, once its slices are cut: the moments at which zones get their messages, and those that are over. */
  readonly timezones?: { readonly total: number; readonly completed: number };
  readonly executionMetrics: Readonly<Record<string, string>>;
}

export const CAMPAIGN_PREFIX = 'campaign#';
export const appPartition = (appId: string): string => `app#${appId}`;
export const campaignKey = (appId: string, campaignId: string): RegistryKey => ({
  pk: appPartition(appId),
  sk: `${CAMPAIGN_PREFIX}${campaignId}`,
});
export const activityPrefix = (campaignId: string): string => `activity#${campaignId}#`;
export const activityKey = (appId: string, campaignId: string, activityId: string): RegistryKey => ({
  pk: appPartition(appId),
  sk: `${activityPrefix(campaignId)}${activityId}`,
});

/** Index attributes that make a tick look at the campaign from `at` (epoch milliseconds) on. */
export const dueAt = (campaignId: string, at: number): Due => ({
  dueShard: String(hash32(campaignId) % DUE_SHARDS),
  dueAt: new Date(at).toISOString(),
});

/** Whether there is a run (or its message) to look after. */
export const hasBegun = ({ status, begun }: Pick<CampaignRow, 'status' | 'begun'>): boolean =>
  status === 'EXECUTING' || (status === 'PAUSED' && begun === true);

/** The schedule as Pinpoint shows it. */
export const shownSchedule = ({ Schedule }: Pick<WriteCampaignRequest, 'Schedule'>) => ({
  IsLocalTime: false,
  Timezone: 'UTC',
  ...Schedule,
  StartTime: Schedule?.StartTime,
});

/** Ids are those of the engine's treatments: `1` … in the order of the request (campaigns/treatments.ts). */
const treatmentResources = ({ request, status }: CampaignRow): TreatmentResource[] =>
  (request.AdditionalTreatments ?? []).map((treatment, index) => ({
    ...treatment,
    Id: String(index + 1),
    SizePercent: treatment.SizePercent,
    Schedule: shownSchedule(request),
    State: { CampaignStatus: status },
  }));

export function campaignResponse(
  ctx: Pick<EngineCtx, 'region' | 'accountId'>,
  row: CampaignRow,
): CampaignResponse {
  const { request } = row;
  const treatments = treatmentResources(row);
  return {
    ...request,
    AdditionalTreatments: treatments,
    ...(treatments.length > 0 ? { DefaultState: { CampaignStatus: row.status } } : {}),
    ApplicationId: row.applicationId,
    Arn: arnOf(ctx, `apps/${row.applicationId}/campaigns/${row.id}`),
    CreationDate: row.creationDate,
    HoldoutPercent: request.HoldoutPercent ?? 0,
    Id: row.id,
    IsPaused: request.IsPaused ?? false,
    LastModifiedDate: row.lastModifiedDate,
    Limits: request.Limits ?? {},
    SegmentId: request.SegmentId,
    SegmentVersion: row.segmentVersion,
    State: { CampaignStatus: row.status },
    Version: row.version,
    Schedule: shownSchedule(request),
  };
}

export function activityResponse(row: ActivityRow): ActivityResponse {
  return {
    ApplicationId: row.applicationId,
    CampaignId: row.campaignId,
    Id: row.id,
    TreatmentId: row.treatmentId,
    State: row.state,
    Result: row.result,
    ScheduledStart: row.scheduledStart,
    Start: row.start,
    End: row.end,
    SuccessfulEndpointCount: row.successfulEndpointCount,
    TotalEndpointCount: row.totalEndpointCount,
    TimezonesCompletedCount: row.timezones?.completed ?? (row.state === 'COMPLETED' ? 1 : 0),
    TimezonesTotalCount: row.timezones?.total ?? 1,
    ExecutionMetrics: { ...row.executionMetrics },
  };
}
