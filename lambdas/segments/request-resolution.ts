import type { Ctx } from '../shared/context.ts';
import type { ResolutionQueue, ResolutionStore, SegmentStore } from './ports.ts';
import { unknownSegment } from './read-segments.ts';
import { isForgotten, messageOf, newResolution, PREVIEWS, type Resolution, requeued } from './resolution.ts';
import { pinnedRule } from './resolve/pinned-rule.ts';
import type { Rule } from './rule/rule.ts';

export interface ResolutionDeps {
  readonly segments: SegmentStore;
  readonly resolutions: ResolutionStore;
  readonly queue: ResolutionQueue;
}

/**
 * Asks for who is in the segment now, and answers at once with the resolution to wait for (`getResolution`). All who ask for
 * one version (of it and of the segments it names) within a minute share one. The same `asker` (letters, digits, `-`, `_`)
 * gets what it got before, also minutes later; one that had failed by then is not remembered.
 */
export async function requestResolution(
  deps: ResolutionDeps,
  ctx: Ctx,
  name: string,
  asker?: string,
): Promise<Resolution> {
  const before = asker === undefined ? undefined : await deps.resolutions.answerTo(name, asker);
  const known = before === undefined ? undefined : await getResolution(deps, ctx, name, before);
  if (known) return known;
  const segment = await deps.segments.find(name);
  if (!segment) throw await unknownSegment(deps.segments, name, 'segment');
  const pinned = await pinnedRule(deps, segment.rule, name);
  const shared = await joined(deps, ctx, newResolution(segment, pinned, ctx.now));
  if (asker === undefined || shared.state === 'failed') return shared;
  // Of two repeats at once, over the turn of a minute, both get what the first was told.
  const first = await deps.resolutions.rememberAnswer(name, asker, shared.id, ctx.now);
  return first === shared.id ? shared : ((await getResolution(deps, ctx, name, first)) ?? shared);
}

/** Asks who meets a rule that is no segment's; who asks the same within a minute shares the answer. */
export async function requestPreview(deps: ResolutionDeps, ctx: Ctx, rule: Rule): Promise<Resolution> {
  const pinned = await pinnedRule(deps, rule);
  return joined(deps, ctx, newResolution({ name: PREVIEWS, version: 0 }, pinned, ctx.now));
}

/** The one of the minute: this one, or whichever was there before. */
async function joined(deps: ResolutionDeps, ctx: Ctx, wanted: Resolution): Promise<Resolution> {
  const { segment, id } = wanted;
  const created = await deps.resolutions.create(wanted);
  if (!created) return (await getResolution(deps, ctx, segment, id)) ?? wanted;
  await deps.queue.send(messageOf(wanted));
  return wanted;
}

/** The resolution as it stands. One whose message was lost gets another, so whoever waits by asking waits no longer than a resolution may last. */
export async function getResolution(
  deps: Pick<ResolutionDeps, 'resolutions' | 'queue'>,
  ctx: Ctx,
  name: string,
  id: string,
): Promise<Resolution | undefined> {
  const stored = await deps.resolutions.get(name, id);
  if (!stored || !isForgotten(stored.resolution, ctx.now)) return stored?.resolution;
  const again = await deps.resolutions.replace(stored, requeued(stored.resolution, ctx.now));
  if (again) await deps.queue.send(messageOf(again.resolution));
  return (again ?? stored).resolution;
}
