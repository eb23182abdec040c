import type { WriteCampaignRequest } from '@aws-sdk/client-pinpoint';
import { requireApp } from '../apps/app.ts';
import { type SettingsRow, settingsKey } from '../apps/settings.ts';
import { createOnce } from '../create-once.ts';
import type { Registry, SegmentLists, SegmentRow } from '../ports.ts';
import { notFound } from '../protocol/errors.ts';
import type { Operation } from '../protocol/operation.ts';
import { filledIn } from '../templates/fill-in.ts';
import type { TemplateFinder } from '../templates/find-template.ts';
import { type CampaignDefaults, type CampaignRow, campaignKey, campaignResponse } from './campaign.ts';
import { firstLook, startsNow } from './first-look.ts';
import { runMessage, type StartDeps } from './start-campaign.ts';
import { activityIdOf } from './treatments.ts';
import { checkCampaign, startOf } from './validate.ts';

export interface CreateDeps extends StartDeps {
  readonly lists: Pick<SegmentLists, 'segment'>;
  readonly templates: TemplateFinder;
}

/**
 * CreateCampaign: stored first, with the moment from which the tick looks after it, then queued when it is to start at
 * once: nothing is lost when queueing fails. One made PAUSED waits until it is resumed. Throws BadRequestException that names every wrong member,
 * NotFoundException for a segment that this application does not have, ConflictException for an Idempotency-Key that
 * was used with another body.
 */
export const createCampaign =
  (deps: CreateDeps): Operation<'CreateCampaign'> =>
  async (input, ctx) => {
    const { registry, runQueue } = deps;
    const { row: app } = await requireApp(registry, input.ApplicationId);
    const request = input.WriteCampaignRequest ?? {};
    checkCampaign(request, ctx.now, await filledIn(deps.templates, request));
    const segment = await foundSegment(deps, app.id, request);
    const defaults = await defaultsOf(registry, app.id);
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
          status: firstStatus(request),
          request,
          segmentVersion: segment.version,
          activityId: activityIdOf(id, 1),
          startAt: startOf(request, ctx.now),
          creationDate,
          lastModifiedDate: creationDate,
          ...defaults,
        };
        const due = firstLook(row, ctx.now);
        return { key: campaignKey(app.id, id), row, ...(due ? { due } : {}) };
      },
    );
    const { row } = stored;
    if (startsNow(row, ctx.now)) await runQueue.send(runMessage(row));
    return { CampaignResponse: campaignResponse(ctx, repeated ? firstAnswer(row, request) : row) };
  };

const firstStatus = ({ IsPaused }: WriteCampaignRequest) => (IsPaused ? 'PAUSED' : 'SCHEDULED');

/** The row as the first request was answered; a repeat has the same request. */
const firstAnswer = (row: CampaignRow, request: WriteCampaignRequest): CampaignRow => ({
  ...row,
  request,
  version: 1,
  status: firstStatus(request),
  lastModifiedDate: row.creationDate,
});

/** The application's settings as they are now: later ones do not change the campaign. */
async function defaultsOf(registry: Registry, appId: string): Promise<{ defaults?: CampaignDefaults }> {
  const { CampaignHook, Limits, QuietTime } =
    (await registry.get<SettingsRow>(settingsKey(appId)))?.row ?? {};
  if (!CampaignHook && !Limits && !QuietTime) return {};
  return { defaults: { CampaignHook, Limits, QuietTime } };
}

/** The segment a request names, in the version it names or the current one. Throws NotFoundException that names the members. */
export async function foundSegment(
  { lists }: Pick<CreateDeps, 'lists'>,
  appId: string,
  request: WriteCampaignRequest,
): Promise<SegmentRow> {
  const segment = await lists.segment(appId, request.SegmentId ?? '', request.SegmentVersion);
  if (!segment) throw notFound(noSegment(appId, request));
  return segment;
}

const noSegment = (appId: string, { SegmentId, SegmentVersion }: WriteCampaignRequest): string =>
  SegmentVersion === undefined
    ? `SegmentId: application ${appId} has no segment ${SegmentId}`
    : `SegmentId, SegmentVersion: application ${appId} has no segment ${SegmentId} of version ${SegmentVersion}`;
