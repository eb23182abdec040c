import type { Ctx } from '../../shared/context.ts';
import { notFound } from '../../shared/errors.ts';
import { unknownSegment } from '../read-segments.ts';
import { getResolution, type ResolutionDeps, requestResolution } from '../request-resolution.ts';
import { isExpired } from '../resolution.ts';
import { type ResolutionView, resolutionView } from '../resolution-view.ts';

/** A resolution with where its list lies, and until when. */
export interface ResolutionDetails extends ResolutionView {
  readonly segment: string;
  readonly uses: { readonly segments: Readonly<Record<string, number>>; readonly lists: readonly string[] };
  readonly list?: { readonly url: string; readonly until: string };
}

/** POST /v1/segments/{name}/resolutions: who is in it now is found out, shared by all who ask within the minute. */
export async function postResolution(
  deps: ResolutionDeps,
  ctx: Ctx,
  name: string,
): Promise<ResolutionDetails> {
  const { id, segment } = await requestResolution(deps, ctx, name.normalize('NFC'));
  return showResolution(deps, ctx, segment, id);
}

/** How far a resolution is, or what came of it. Not found when there is none, or none any more. */
export async function showResolution(
  deps: ResolutionDeps,
  ctx: Ctx,
  name: string,
  id: string,
): Promise<ResolutionDetails> {
  const found = await getResolution(deps, ctx, name.normalize('NFC'), id);
  if (!found) {
    if (!(await deps.segments.find(name.normalize('NFC'))))
      throw await unknownSegment(deps.segments, name, 'name');
    throw notFound(`Segment "${name}" has no resolution "${id}"`, 'id');
  }
  const { segment, uses, listUrl, listUntil } = found;
  const there = listUrl !== undefined && listUntil !== undefined && !isExpired(found, ctx.now);
  return {
    segment,
    ...resolutionView(found, ctx.now),
    uses,
    ...(there ? { list: { url: listUrl, until: listUntil } } : {}),
  };
}
