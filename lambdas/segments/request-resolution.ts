import type { Ctx } from '../shared/context.ts';
import type { ResolutionQueue, ResolutionStore, SegmentStore } from './ports.ts';
import { unknownSegment } from './read-segments.ts';
import { isForgotten, newResolution, type Resolution, requeued } from './resolution.ts';

export interface ResolutionDeps {
  readonly segments: SegmentStore;
  readonly resolutions: ResolutionStore;
  readonly queue: ResolutionQueue;
}

/**
 * Asks for who is in the segment now, and answers at once with the resolution to wait for (`getResolution`).
 * The same `askedBy` (letters, digits, `-`, `_`) within a minute gets the same one.
 */
export async function requestResolution(
  deps: ResolutionDeps,
  ctx: Ctx,
  name: string,
  askedBy: string,
): Promise<Resolution> {
  const segment = await deps.segments.find(name);
  if (!segment) throw await unknownSegment(deps.segments, name, 'segment');
  const wanted = newResolution(segment, askedBy, ctx.now);
  const created = await deps.resolutions.create(wanted);
  if (!created) return (await getResolution(deps, ctx, name, wanted.id)) ?? wanted;
  await deps.queue.send({ segment: name, id: wanted.id });
  return wanted;
}

/** The resolution as it stands. One whose message was lost gets another, so whoever waits by asking waits no longer than a resolution may last. */
export async function getResolution(
  deps: ResolutionDeps,
  ctx: Ctx,
  name: string,
  id: string,
): Promise<Resolution | undefined> {
  const stored = await deps.resolutions.get(name, id);
  if (!stored || !isForgotten(stored.resolution, ctx.now)) return stored?.resolution;
  const again = await deps.resolutions.replace(stored, requeued(stored.resolution, ctx.now));
  if (again) await deps.queue.send({ segment: name, id });
  return (again ?? stored).resolution;
}
