import type { PutSegment } from '../../schemas/segments/generated/requests.js';
import type { Ctx } from '../shared/context.ts';
import { conflict } from '../shared/errors.ts';
import { type KnownDeps, knownFor } from './known-for.ts';
import { namedSegments, pinnedRule } from './resolve/pinned-rule.ts';
import { parseRule } from './rule/parse-rule.ts';
import type { Rule } from './rule/rule.ts';
import { type SaveNamingDeps, saveNaming } from './save-naming.ts';
import { changed, type Segment, segmentName } from './segment.ts';

type Deps = KnownDeps & SaveNamingDeps;

/** Times that a segment is put anew after others which were about to close a circle with it. */
const TRIES = 10;
const TRY_EVERY_MS = 100;

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
  for (let tries = 0; tries < TRIES; tries++) {
    const done = await put(deps, ctx, { ...input, name });
    if (done) return done;
    await deps.time.sleep(TRY_EVERY_MS);
  }
  throw conflict(`Segments that "${name}" names are changed all the time; try again`);
}

/** Undefined: somebody else goes first. */
async function put(
  deps: Deps,
  ctx: Ctx,
  { name, ...input }: Omit<PutSegment, 'rule'> & { readonly name: string; readonly rule: unknown },
): Promise<{ segment: Segment; created: boolean } | undefined> {
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
  const isSaved = next === current || (await saved(deps, ctx, next, current, rule));
  return isSaved ? { segment: next, created: current === undefined } : undefined;
}

/** Nobody names a segment that is not there yet, and one that names none closes no circle. */
async function saved(
  deps: Deps,
  ctx: Ctx,
  next: Segment,
  current: Segment | undefined,
  rule: Rule,
): Promise<boolean> {
  const names = namedSegments(rule);
  if (current !== undefined && names.length > 0) return saveNaming(deps, ctx, { next, current, names });
  await deps.segments.save(next, current);
  return true;
}
