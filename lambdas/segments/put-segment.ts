import type { PutSegment } from '../../schemas/segments/generated/requests.js';
import type { Ctx } from '../shared/context.ts';
import type { SegmentStore } from './ports.ts';
import { parseRule } from './rule.ts';
import { changed, type Segment, segmentName } from './segment.ts';

interface Deps {
  readonly segments: SegmentStore;
  /** Events of the tracking plan. */
  readonly eventNames: readonly string[];
}

/** Creates a segment or makes its next version; the same content again changes nothing (spec §3). Conflict when two change it at once. */
export async function putSegment(
  deps: Deps,
  ctx: Ctx,
  input: PutSegment & { readonly name: string },
): Promise<{ segment: Segment; created: boolean }> {
  const name = segmentName(input.name);
  const rule = parseRule(input.rule, deps.eventNames);
  const current = await deps.segments.find(name);
  const content = {
    name,
    rule,
    ...(input.description === undefined ? {} : { description: input.description }),
  };
  const next = changed(current, content, new Date(ctx.now).toISOString());
  if (next !== current) await deps.segments.save(next, current);
  return { segment: next, created: current === undefined };
}
