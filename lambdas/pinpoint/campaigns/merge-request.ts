import type { WriteCampaignRequest } from '@aws-sdk/client-pinpoint';
import { type CampaignRow, shownSchedule } from './campaign.ts';
import { RATE_TAG } from './rate.ts';

type Steering = Pick<WriteCampaignRequest, 'tags' | 'Limits'>;

/**
 * Tags by name. A rate that is given by one of its two members takes the place of the other; an empty `repoint:rate` takes
 * the tag away.
 */
function mergedRate(before: Steering, given: Steering, limits: Steering['Limits']): Steering {
  const tags = { ...before.tags, ...given.tags };
  const perSecond = given.Limits?.MessagesPerSecond;
  const tag = given.tags?.[RATE_TAG];
  if (tag === '' || (tag === undefined && perSecond !== undefined)) delete tags[RATE_TAG];
  const { MessagesPerSecond: _, ...others } = limits ?? {};
  return {
    ...(before.tags || given.tags ? { tags } : {}),
    ...(limits ? { Limits: tag && perSecond === undefined ? others : limits } : {}),
  };
}

/** The request of a campaign that has not begun, with what an update gives in place of what it was: tags by name, the rest member by member. */
export function mergedBefore(
  before: WriteCampaignRequest,
  given: WriteCampaignRequest,
): WriteCampaignRequest {
  const { SegmentVersion: version, ...others } = before;
  // A version belongs to its segment.
  const kept = given.SegmentId === undefined || version === undefined ? before : others;
  return { ...kept, ...given, ...mergedRate(before, given, given.Limits ?? before.Limits) };
}

/** What may change while a campaign runs. */
const RUNNING = 'IsPaused, Limits.MessagesPerSecond, tags.repoint:rate';

/** The request of a campaign that runs: only how fast it goes and whether it rests may change. */
export function mergedWhileRunning(
  before: WriteCampaignRequest,
  given: WriteCampaignRequest,
): WriteCampaignRequest {
  const limits = given.Limits ? { ...before.Limits, ...given.Limits } : before.Limits;
  return {
    ...before,
    ...(given.IsPaused === undefined ? {} : { IsPaused: given.IsPaused }),
    ...mergedRate(before, given, limits),
  };
}

/** The request with what Pinpoint fills in, so that a request made of an answer is no change. */
const filled = (request: WriteCampaignRequest, segmentVersion: number): WriteCampaignRequest => ({
  HoldoutPercent: 0,
  AdditionalTreatments: [],
  SegmentVersion: segmentVersion,
  ...request,
  Schedule: shownSchedule(request),
});

/** JSON with the members in one order. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_, each: unknown) =>
    typeof each === 'object' && each !== null && !Array.isArray(each)
      ? Object.fromEntries(Object.entries(each).sort(([a], [b]) => (a < b ? -1 : 1)))
      : each,
  ) ?? '';

function differing(at: string, before: object, given: object, free: readonly string[]): string[] {
  const known = new Map<string, unknown>(Object.entries(before));
  return Object.entries(given)
    .filter(([name, value]) => value !== undefined && !free.includes(name))
    .filter(([name, value]) => canonical(known.get(name)) !== canonical(value))
    .map(([name]) => `${at}${name}`);
}

/** Members that an update of a running campaign would change and may not; what is given as it is, is no change. */
export function frozenProblems(
  { request, segmentVersion }: Pick<CampaignRow, 'request' | 'segmentVersion'>,
  given: WriteCampaignRequest,
): string[] {
  const { Schedule: schedule, Limits: limits, tags, ...others } = given;
  const now = filled(request, segmentVersion);
  const changed = [
    ...differing('', now, others, ['IsPaused']),
    ...differing('Schedule.', now.Schedule ?? {}, schedule ? shownSchedule(given) : {}, []),
    ...differing('Limits.', request.Limits ?? {}, limits ?? {}, ['MessagesPerSecond']),
    ...differing('tags.', request.tags ?? {}, tags ?? {}, [RATE_TAG]),
  ];
  return changed.map((member) => `${member} cannot change while the campaign runs; allowed: ${RUNNING}`);
}
