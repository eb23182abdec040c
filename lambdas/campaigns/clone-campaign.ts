import type { Ctx } from '../shared/context.ts';
import { notFound } from '../shared/errors.ts';
import { graphemesOf } from '../shared/graphemes.ts';
import { answerOf } from './answer.ts';
import {
  answeredAgain,
  type CreateDeps,
  going,
  madeBefore,
  newCampaign,
  written,
} from './create-campaign.ts';
import { defined } from './define.ts';
import { patched, patchOf } from './definition/patch.ts';
import { type WarnedAnswer, warnings } from './likeness.ts';
import { openDue } from './sends/open-due.ts';

/** As long as a name may be, in UTF-16 units (schemas/campaigns/create-campaign.request.json). */
const LONGEST_NAME = 128;
const COPY = ' (copy)';

/**
 * A new campaign like another one, with the fields of `body` in place of its own. It is a draft, for its time may be long
 * gone, unless the body says `draft: false`.
 */
export async function cloneCampaign(
  deps: CreateDeps,
  ctx: Ctx,
  id: string,
  body: unknown,
): Promise<WarnedAnswer> {
  const made = { what: 'cloned', of: id, asked: body } as const;
  const before = await madeBefore(deps, ctx, made);
  if (before) return answeredAgain(deps, ctx, before);
  const {
    patch: { draft = true, start = false, ...overrides },
    problems,
  } = patchOf(body, ['draft', 'start']);
  const source = await deps.campaigns.get(id);
  if (!source) throw notFound(`There is no campaign "${id}"`, 'id');
  const merged = patched(source, { name: copyOf(source.name), ...overrides });
  const { request, definition, segment } = await defined(
    deps,
    ctx,
    { ...merged.patch, draft, start },
    { stored: source, kind: 'clone', problems: [...problems, ...merged.problems] },
  );
  const clone = newCampaign(deps, ctx, definition, made);
  const stored = await written(deps, going(request, clone, ctx));
  const told = await warnings(deps, ctx, stored);
  return { ...answerOf(await openDue(deps, ctx, stored), segment), warnings: told };
}

function copyOf(name: string): string {
  let kept = graphemesOf(name);
  while (kept.join('').length + COPY.length > LONGEST_NAME) kept = kept.slice(0, -1);
  return `${kept.join('')}${COPY}`;
}
