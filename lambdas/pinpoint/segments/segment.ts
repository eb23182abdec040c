import type { SegmentResponse } from '@aws-sdk/client-pinpoint';
import { appPartition } from '../apps/app.ts';
import type { Registry, RegistryKey, SegmentRow, Stored } from '../ports.ts';
import { badRequest, notFound } from '../protocol/errors.ts';
import { arnOf, type EngineCtx } from '../protocol/operation.ts';

/** Current rows and versions have prefixes of their own, so that each list is one query. */
export const SEGMENT_PREFIX = 'segment#';
const VERSION_PREFIX = 'segmentversion#';

export const segmentKey = (appId: string, segmentId: string): RegistryKey => ({
  pk: appPartition(appId),
  sk: `${SEGMENT_PREFIX}${segmentId}`,
});

export const versionPrefix = (segmentId: string): string => `${VERSION_PREFIX}${segmentId}#`;

/** Eight digits keep versions in their order. */
export const versionKey = (appId: string, segmentId: string, version: number): RegistryKey => ({
  pk: appPartition(appId),
  sk: `${versionPrefix(segmentId)}${String(version).padStart(8, '0')}`,
});

/** Where a list lies: by the job that made it, so that two jobs of one segment never write to the same place. */
export const segmentFolder = (appId: string, segmentId: string): string => `segments/${appId}/${segmentId}/`;
export const listPartKey = (
  { applicationId, id, importJobId }: Pick<SegmentRow, 'applicationId' | 'id' | 'importJobId'>,
  part: number,
): string =>
  `${segmentFolder(applicationId, id)}${importJobId}/part-${String(part).padStart(5, '0')}.ndjson.gz`;

/** The given version, or the current one; undefined when there is none. */
export async function findSegment(
  registry: Registry,
  appId: string,
  segmentId: string,
  version?: number,
): Promise<Stored<SegmentRow> | undefined> {
  return registry.get<SegmentRow>(
    version === undefined ? segmentKey(appId, segmentId) : versionKey(appId, segmentId, version),
  );
}

export async function requireSegment(
  registry: Registry,
  appId: string,
  segmentId: string | undefined,
  version?: string,
): Promise<SegmentRow> {
  const number = version === undefined ? undefined : Number(version);
  if (number !== undefined && (!Number.isInteger(number) || number < 1)) {
    throw badRequest(`Version is ${JSON.stringify(version)}; expected a whole number from 1`);
  }
  const found = await findSegment(registry, appId, segmentId ?? '', number);
  const what = version === undefined ? `segment ${segmentId}` : `version ${version} of segment ${segmentId}`;
  if (!found) throw notFound(`There is no ${what} in application ${appId}`);
  return found.row;
}

export const segmentResponse = (ctx: EngineCtx, row: SegmentRow): SegmentResponse => ({
  ApplicationId: row.applicationId,
  Arn: arnOf(ctx, `apps/${row.applicationId}/segments/${row.id}`),
  CreationDate: row.creationDate,
  Id: row.id,
  LastModifiedDate: row.lastModifiedDate,
  Name: row.name,
  SegmentType: row.type,
  Version: row.version,
  tags: row.tags,
  ImportDefinition: {
    ExternalId: row.definition.externalId,
    Format: row.definition.format,
    RoleArn: row.definition.roleArn,
    S3Url: row.definition.s3Url,
    Size: row.size,
    ChannelCounts: row.channelCounts,
  },
});
