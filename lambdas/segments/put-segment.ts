import type { PutSegment } from '../../schemas/segments/generated/requests.js';
import type { Ctx } from '../shared/context.ts';
import { type KnownDeps, knownFor } from './known-for.ts';
import type { SegmentStore } from './ports.ts';
import { pinnedRule } from './resolve/pinned-rule.ts';
import { parseRule } from './rule/parse-rule.ts';
import { changed, type Segment, segmentName } from './segment.ts';

interface Deps extends KnownDeps {
  readonly segments: SegmentStore;
}

/**
 * Creates a segment or makes its next version; the same content again changes nothing (spec §3). A validation error tells all that is wrong
 * with the rule, or the circle in which segments would name each other. Conflict when two change it at once.
 */
export async function putSegment(
  deps: Deps,
  ctx: Ctx,
  input: Omit<PutSegment, 'rule'> & { readonly name: string; readonly rule: unknown },
): Promise<{ segment: Segment; created: boolean }> {
  const name = segmentName(input.name);
  const rule = parseRule(input.rule, await knownFor(deps, ctx, input.rule));
  // What it names may by now name it.
  await pinnedRule(deps, rule, name);
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
