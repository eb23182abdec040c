import type { ImportJobResponse } from '@aws-sdk/client-pinpoint';
import { appPartition } from '../apps/app.ts';
import type { Registry, RegistryKey, Stored } from '../ports.ts';
import { notFound } from '../protocol/errors.ts';

/** Failures a job tells of (pinpoint.md §2.4); the rest is counted. */
export const MAX_FAILURES = 100;

export interface ImportDefinition {
  readonly format: 'CSV' | 'JSON';
  readonly s3Url: string;
  readonly roleArn: string;
  readonly externalId: string | undefined;
  readonly defineSegment: boolean;
  readonly registerEndpoints: boolean;
  readonly segmentName: string | undefined;
}

/** How far a job has come; written after each piece, so that a message that comes again goes on there. */
export interface ImportProgress {
  /** Objects under the URL; known once they were listed. */
  readonly totalPieces: number;
  readonly completedPieces: number;
  readonly failedPieces: number;
  readonly totalProcessed: number;
  readonly totalFailures: number;
  readonly failures: readonly string[];
  /** Key of the last object that is done. */
  readonly lastKey: string | undefined;
  /** What the list holds, from its first good line on. */
  readonly listKind: 'users' | 'endpoints' | undefined;
  readonly size: number;
  readonly parts: number;
  readonly channelCounts: Readonly<Record<string, number>>;
}

export interface JobRow {
  readonly applicationId: string;
  readonly id: string;
  readonly status: 'CREATED' | 'PROCESSING' | 'COMPLETED' | 'FAILED';
  /** The segment the job makes or adds a version to; fixed from the start. */
  readonly segmentId: string;
  readonly definition: ImportDefinition;
  readonly progress: ImportProgress;
  /** ISO 8601 with milliseconds. */
  readonly creationDate: string;
  readonly completionDate?: string;
}

export const NO_PROGRESS: ImportProgress = {
  totalPieces: 0,
  completedPieces: 0,
  failedPieces: 0,
  totalProcessed: 0,
  totalFailures: 0,
  failures: [],
  lastKey: undefined,
  listKind: undefined,
  size: 0,
  parts: 0,
  channelCounts: {},
};

export const JOB_PREFIX = 'import#';
export const jobKey = (appId: string, jobId: string): RegistryKey => ({
  pk: appPartition(appId),
  sk: `${JOB_PREFIX}${jobId}`,
});

export async function requireJob(
  registry: Registry,
  appId: string,
  jobId: string | undefined,
): Promise<Stored<JobRow>> {
  const job = await registry.get<JobRow>(jobKey(appId, jobId ?? ''));
  if (!job) throw notFound(`There is no import job ${jobId} in application ${appId}`);
  return job;
}

export const importJobResponse = ({ definition, progress, ...row }: JobRow): ImportJobResponse => ({
  ApplicationId: row.applicationId,
  Id: row.id,
  Type: 'IMPORT',
  JobStatus: row.status,
  CreationDate: row.creationDate,
  CompletionDate: row.completionDate,
  Definition: {
    Format: definition.format,
    S3Url: definition.s3Url,
    RoleArn: definition.roleArn,
    ExternalId: definition.externalId,
    DefineSegment: definition.defineSegment,
    RegisterEndpoints: definition.registerEndpoints,
    SegmentName: definition.segmentName,
    SegmentId: definition.defineSegment ? row.segmentId : undefined,
  },
  CompletedPieces: progress.completedPieces,
  FailedPieces: progress.failedPieces,
  TotalPieces: progress.totalPieces,
  TotalProcessed: progress.totalProcessed,
  TotalFailures: progress.totalFailures,
  Failures: [...progress.failures],
});
