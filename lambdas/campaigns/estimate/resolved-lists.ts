import {
  findSegment,
  getResolution,
  type Resolution,
  type ResolutionDeps,
  requestResolution,
} from '../../segments/index.ts';
import type { Ctx } from '../../shared/context.ts';
import { RepointError } from '../../shared/errors.ts';
import { watched } from '../../shared/watched.ts';
import type { ResolvedList, ResolvedLists, Time } from './ports.ts';

/** A list is good for an estimate for so long. */
const FRESH_MS = 10 * 60_000;
/** An older one will do while a new one is not there in time; it says of when it is. */
const STALE_MS = 24 * 60 * 60_000;
const WAIT_MS = 12_000;
const POLL_MS = { first: 200, longest: 1_000 } as const;

/** Lists of the segments domain: a fresh one, a new one if it is there soon, else the last one of the day. */
export const resolvedLists = (deps: ResolutionDeps & { readonly time: Time }): ResolvedLists => ({
  async of(ctx, name) {
    const { segment, lastReady } = await findSegment(deps, name.normalize('NFC'), 'segment');
    const last = listOf(lastReady);
    if (last && ageMs(last, ctx) <= FRESH_MS) return last;
    const found = await resolved(deps, ctx, segment.name);
    if (found) return found;
    if (last && ageMs(last, ctx) <= STALE_MS) return last;
    throw new RepointError(
      'unavailable',
      `Who is in segment "${segment.name}" is being found out; ask again in a minute`,
    );
  },
});

const ageMs = ({ at }: ResolvedList, { now }: Ctx): number => now - Date.parse(at);

function listOf(resolution: Resolution | undefined): ResolvedList | undefined {
  if (resolution?.state !== 'ready' || resolution.listUrl === undefined) return undefined;
  return { resolutionId: resolution.id, url: resolution.listUrl, at: resolution.requestedAt };
}

/** All who estimate within a minute share one resolution. Undefined when it is not there in time. */
async function resolved(
  deps: ResolutionDeps & { readonly time: Time },
  ctx: Ctx,
  segment: string,
): Promise<ResolvedList | undefined> {
  const asked = await requestResolution(deps, ctx, segment);
  const look = async (): Promise<Resolution> => (await getResolution(deps, ctx, segment, asked.id)) ?? asked;
  const isOver = ({ state }: Resolution): boolean => state === 'ready' || state === 'failed';
  const patience = { until: deps.time.now() + WAIT_MS, pollMs: POLL_MS };
  const found = await watched(deps.time, patience, { look, isOver }, asked);
  if (found.state === 'failed') {
    const reason = found.reason ?? 'no reason was given';
    const code = found.fault === undefined ? 'unavailable' : 'unprocessable';
    throw new RepointError(code, `Segment "${segment}" could not be resolved: ${reason}`);
  }
  return listOf(found);
}
