import type { WriteCampaignRequest } from '@aws-sdk/client-pinpoint';
import type { RegistryKey, Stored } from '../ports.ts';
import { badRequest, conflict } from '../protocol/errors.ts';
import type { EngineCtx, Operation } from '../protocol/operation.ts';
import type { RunRow } from '../runs/run.ts';
import { goingOn, nextLook, resting, showControls } from '../runs/show-pause.ts';
import { resumeRun, type SteerDeps, settleControls } from '../runs/steer-run.ts';
import { filledIn } from '../templates/fill-in.ts';
import { type CampaignRow, campaignResponse, hasBegun } from './campaign.ts';
import { type CreateDeps, foundSegment } from './create-campaign.ts';
import { firstLook, startsNow } from './first-look.ts';
import { frozenProblems, mergedBefore, mergedWhileRunning } from './merge-request.ts';
import { requireCampaign } from './read-campaigns.ts';
import { runMessage } from './start-campaign.ts';
import { checkCampaign, checkSteering, startOf } from './validate.ts';

export type UpdateDeps = CreateDeps & SteerDeps;

/** A tick that looks at the campaign at the same moment must not refuse an update. */
const ATTEMPTS = 5;

/**
 * UpdateCampaign: before a campaign begins, replaces what is given and schedules it anew; while it runs, pauses, resumes
 * or changes its rate at once, in the middle of the run. Throws BadRequestException that names every member that is
 * wrong or may not change any more, NotFoundException for a campaign that is deleted, ConflictException when somebody
 * else keeps changing it.
 */
export const updateCampaign =
  (deps: UpdateDeps): Operation<'UpdateCampaign'> =>
  async ({ ApplicationId, CampaignId, WriteCampaignRequest: given = {} }, ctx) => {
    for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
      const stored = await requireCampaign(deps.registry, ApplicationId, CampaignId);
      const updated = await update(deps, ctx, stored, given);
      if (updated) return { CampaignResponse: campaignResponse(ctx, updated) };
    }
    throw conflict(`Campaign ${CampaignId} was changed at this moment; try again`);
  };

/** Undefined when somebody else wrote the campaign meanwhile. */
function update(
  deps: UpdateDeps,
  ctx: EngineCtx,
  stored: Stored<CampaignRow>,
  given: WriteCampaignRequest,
): Promise<CampaignRow | undefined> {
  const { row } = stored;
  if (hasBegun(row)) return updateRunning(deps, ctx, stored, given);
  if (row.status === 'SCHEDULED' || row.status === 'PAUSED') return updateBefore(deps, ctx, stored, given);
  throw badRequest(`Campaign ${row.id} is ${row.status}; only a campaign that is not over can be updated`);
}

const nextVersion = (row: CampaignRow, request: WriteCampaignRequest, ctx: EngineCtx): CampaignRow => ({
  ...row,
  request,
  version: row.version + 1,
  lastModifiedDate: new Date(ctx.now).toISOString(),
});

async function updateBefore(
  deps: UpdateDeps,
  ctx: EngineCtx,
  stored: Stored<CampaignRow>,
  given: WriteCampaignRequest,
): Promise<CampaignRow | undefined> {
  const { row } = stored;
  const request = mergedBefore(row.request, given);
  // A time that has passed since it was given is none to complain about: the campaign was paused, or is about to start.
  const now = given.Schedule ? ctx.now : Math.min(ctx.now, row.startAt);
  checkCampaign(request, now, await filledIn(deps.templates, request));
  const isOtherList = given.SegmentId !== undefined || given.SegmentVersion !== undefined;
  const segmentVersion = isOtherList
    ? (await foundSegment(deps, row.applicationId, request)).version
    : row.segmentVersion;
  const next: CampaignRow = {
    ...nextVersion(row, request, ctx),
    status: request.IsPaused ? 'PAUSED' : 'SCHEDULED',
    segmentVersion,
    startAt: given.Schedule ? startOf(request, ctx.now) : resumedAt(row, ctx.now),
  };
  if (!(await deps.registry.replace(stored, next, firstLook(next, ctx.now)))) return undefined;
  if (startsNow(next, ctx.now)) await deps.runQueue.send(runMessage(next));
  return next;
}

/** A campaign that was paused past its time starts when it is resumed; one at local time keeps to its wall clock. */
const resumedAt = ({ status, startAt, request }: CampaignRow, now: number): number =>
  status === 'PAUSED' && !request.Schedule?.IsLocalTime ? Math.max(startAt, now) : startAt;

/** The run is resumed before the campaign shows it, and paused after: a tick in between finds nothing to put right. */
async function updateRunning(
  deps: UpdateDeps,
  ctx: EngineCtx,
  stored: Stored<CampaignRow>,
  given: WriteCampaignRequest,
): Promise<CampaignRow | undefined> {
  const { row } = stored;
  const problems = frozenProblems(row, given);
  if (problems.length > 0) throw badRequest(problems.join('; '));
  const request = mergedWhileRunning(row.request, given);
  checkSteering(request);
  const changed = nextVersion(row, request, ctx);
  const next = given.IsPaused === undefined ? changed : given.IsPaused ? resting(changed) : goingOn(changed);
  const before = await deps.runs.get(row.activityId);
  if (before && given.IsPaused === false) await resumeRun(deps, before, ctx.now);
  if (!(await deps.registry.replace(stored, next, nextLook(next, ctx.now)))) return undefined;
  const run = await settled(deps, stored.key, row.activityId, ctx.now);
  // A run that is not resolved yet may have lost its message while it rested.
  const isResolved = run !== undefined && run.state !== 'RESOLVING';
  if (next.status === 'EXECUTING' && !isResolved) await deps.runQueue.send(runMessage(next));
  return next;
}

/**
 * Brings the run in line with the campaign as it is by now: somebody else may have changed it again, and the last change
 * has to stand. Undefined when there is no run yet.
 */
async function settled(
  deps: UpdateDeps,
  key: RegistryKey,
  activityId: string,
  now: number,
): Promise<RunRow | undefined> {
  for (;;) {
    const [stored, run] = [await deps.registry.get<CampaignRow>(key), await deps.runs.get(activityId)];
    if (!stored || !run) return run;
    const after = await settleControls(deps, stored.row, run, now);
    await showControls(deps.registry, after);
    if ((await deps.registry.get<CampaignRow>(key))?.revision === stored.revision) return after;
  }
}
