import { createHash } from 'node:crypto';
import { requireApp } from '../apps/app.ts';
import { createOnce } from '../create-once.ts';
import type { SegmentLists } from '../ports.ts';
import { notFound } from '../protocol/errors.ts';
import type { Operation } from '../protocol/operation.ts';
import { type CampaignRow, campaignKey, campaignResponse, dueAt, isImmediate } from './campaign.ts';
import { runMessage, type StartDeps, WATCH_MS } from './start-campaign.ts';
import { checkCampaign, startOf } from './validate.ts';

export interface CreateDeps extends StartDeps {
  readonly lists: Pick<SegmentLists, 'segment'>;
}

/** A run's id follows from its campaign's, so that whoever starts it starts the same run. */
const activityIdOf = (campaignId: string, run: number): string =>
  createHash('sha256').update(`${campaignId}\0${run}`).digest('hex').slice(0, 32);

/**
 * CreateCampaign: stored first, with the moment from which the tick looks after it, then queued when it is to start at
 * once: nothing is lost when queueing fails. Throws BadRequestException that names every wrong member,
 * NotFoundException for a segment that this application does not have, ConflictException for an Idempotency-Key that
 * was used with another body.
 */
export const createCampaign =
  ({ registry, lists, runQueue }: CreateDeps): Operation<'CreateCampaign'> =>
  async (input, ctx) => {
    const { row: app } = await requireApp(registry, input.ApplicationId);
    const request = input.WriteCampaignRequest ?? {};
    checkCampaign(request, ctx.now);
    const segment = await lists.segment(app.id, request.SegmentId ?? '', request.SegmentVersion);
    if (!segment) throw notFound(noSegment(app.id, request));
    const creationDate = new Date(ctx.now).toISOString();
    const { stored, repeated } = await createOnce<CampaignRow>(
      registry,
      ctx,
      { operation: 'CreateCampaign', scope: app.id, input },
      (id) => {
        const row: CampaignRow = {
          applicationId: app.id,
          id,
          version: 1,
          status: 'SCHEDULED',
          request,
          segmentVersion: segment.version,
          activityId: activityIdOf(id, 1),
          startAt: startOf(request, ctx.now),
          creationDate,
          lastModifiedDate: creationDate,
        };
        const at = isImmediate(row) ? row.startAt + WATCH_MS : row.startAt;
        return { key: campaignKey(app.id, id), row, due: dueAt(id, at) };
      },
    );
    const { row } = stored;
    if (row.status === 'SCHEDULED' && isImmediate(row)) await runQueue.send(runMessage(row));
    return { CampaignResponse: campaignResponse(ctx, repeated ? firstAnswer(row) : row) };
  };

/** The row as the first request was answered. */
const firstAnswer = (row: CampaignRow): CampaignRow => ({
  ...row,
  version: 1,
  status: 'SCHEDULED',
  lastModifiedDate: row.creationDate,
});

const noSegment = (
  appId: string,
  { SegmentId, SegmentVersion }: { SegmentId?: string | undefined; SegmentVersion?: number | undefined },
): string =>
  SegmentVersion === undefined
    ? `SegmentId: application ${appId} has no segment ${SegmentId}`
    : `SegmentId, SegmentVersion: application ${appId} has no segment ${SegmentId} of version ${SegmentVersion}`;
