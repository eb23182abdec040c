import type { Ctx, Role } from '../../shared/context.ts';
import { invalid, notFound, RepointError } from '../../shared/errors.ts';
import { watched } from '../../shared/watched.ts';
import type { Time } from '../ports.ts';
import { getResolution, type ResolutionDeps, requestPreview } from '../request-resolution.ts';
import { isExpired, isFinal, PREVIEWS, type Resolution } from '../resolution.ts';
import { type Progress, resolutionView } from '../resolution-view.ts';
import { groupOf, type Rule } from '../rule/rule.ts';
import { shownName } from './mask-name.ts';
import type { Names, PreviewReport, PreviewReports } from './ports.ts';
import { type Reach, scaledReach } from './reach.ts';

export interface PreviewDeps extends ResolutionDeps {
  readonly reports: Pick<PreviewReports, 'get'>;
  readonly names: Names;
  readonly time: Time;
}

/** Kept of the caller's time for the answer itself. */
const RESERVE_MS = 4_000;
const POLL_MS = { first: 100, longest: 1_000 } as const;

/** Who a rule would yield that no segment has (yet). */
export interface Preview {
  readonly id: string;
  readonly state: 'queued' | 'running' | 'ready';
  readonly asOf: string;
  readonly path: Resolution['path'];
  readonly progress?: Progress;
  /** Absent until it is ready, as all below. */
  readonly count?: number;
  /** Members who can really be reached, by channel; made of the judged when those are not all. */
  readonly reach?: Reach;
  /** Null: every member was judged. */
  readonly sample?: { readonly members: number; readonly share: number } | null;
  readonly members?: readonly { readonly userId: string; readonly name: string | null }[];
}

/**
 * POST /v1/segments/preview: waits as long as the caller's time lasts; what is not ready by then is asked for by its id. A validation error
 * when Athena refuses an analyst's SQL; unavailable when it failed for reasons of its own.
 */
export async function previewRule(deps: PreviewDeps, ctx: Ctx, rule: Rule): Promise<Preview> {
  const asked = await requestPreview(deps, ctx, rule);
  const look = async (): Promise<Resolution> => {
    const now = { ...ctx, now: deps.time.now() };
    return (await getResolution(deps, now, PREVIEWS, asked.id)) ?? asked;
  };
  const patience = { until: ctx.deadline - RESERVE_MS, pollMs: POLL_MS };
  const resolution = await watched(deps.time, patience, { look, isOver: isFinal }, asked);
  return shown(deps, ctx, resolution, sqlPlace(rule));
}

/** GET /v1/segments/preview/{id}. Not found when there is none, or none any more. */
export async function getPreview(deps: PreviewDeps, ctx: Ctx, id: string): Promise<Preview> {
  const found = await getResolution(deps, ctx, PREVIEWS, id);
  if (!found || isExpired(found, ctx.now)) throw notFound(`There is no preview "${id}" (any more)`, 'id');
  return shown(deps, ctx, found);
}

/** `field`: where in the rule the SQL stands that may be wrong. */
async function shown(deps: PreviewDeps, ctx: Ctx, resolution: Resolution, field = 'rule'): Promise<Preview> {
  const { id, state, path, requestedAt, reason = 'no reason was given' } = resolution;
  if (state === 'failed' && resolution.fault === 'sql')
    throw invalid([{ field, message: `${field}: ${reason}` }]);
  if (state === 'failed') throw new RepointError('unavailable', `The preview failed: ${reason}`);
  const view = resolutionView(resolution, ctx.now);
  const asked = { id, asOf: requestedAt, path };
  if (state !== 'ready')
    return { ...asked, state, ...(view.progress === undefined ? {} : { progress: view.progress }) };
  const report = await deps.reports.get(id);
  if (report === undefined) throw notFound(`There is no preview "${id}" any more`, 'id');
  return { ...asked, state, ...(await told(deps, report, ctx.role)) };
}

/** The place of the rule's only SQL; of several, and of one in a segment that it names, that of the rule. */
function sqlPlace(rule: Rule): string {
  const places = sqlPlaces(rule, 'rule');
  return places.length === 1 ? (places[0] ?? 'rule') : 'rule';
}

function sqlPlaces(rule: Rule, at: string): readonly string[] {
  const group = groupOf(rule);
  if (group) return group.of.flatMap((one, index) => sqlPlaces(one, `${at}.${group.kind}.${index}`));
  return 'sql' in rule ? [`${at}.sql`] : [];
}

async function told({ names }: PreviewDeps, report: PreviewReport, role: Role | undefined) {
  const { count, judged, reach, sample } = report;
  const found = await names.of(sample);
  const nameOf = (userId: string): string | null => {
    const name = found.get(userId);
    return name === undefined ? null : shownName(name, role);
  };
  return {
    count,
    reach: scaledReach(reach, judged, count),
    sample: judged === count ? null : { members: judged, share: judged / count },
    members: sample.map((userId) => ({ userId, name: nameOf(userId) })),
  };
}
