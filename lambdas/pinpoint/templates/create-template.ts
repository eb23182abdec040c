import { badRequest } from '../protocol/errors.ts';
import type { EngineCtx } from '../protocol/operation.ts';
import { templateProblems } from './check-template.ts';
import { CONTENTS_PREFIX, type TemplateDeps } from './ports.ts';
import {
  type Contents,
  requireName,
  type TemplateRow,
  type TemplateType,
  templateArn,
  templateKey,
  type Version,
} from './template.ts';

/** A request with its tags, which are no part of what a version says. */
export type TemplateRequest<Type extends TemplateType> = Contents[Type] & {
  readonly tags?: Record<string, string> | undefined;
};

/** Throws BadRequestException that names every member that is wrong. */
export function checkedContent<Type extends TemplateType>(
  type: Type,
  { tags: _, ...content }: TemplateRequest<Type>,
): Contents[Type] {
  const said = content as unknown as Contents[Type];
  const problems = templateProblems(type, said);
  if (problems.length > 0) throw badRequest(problems.join('; '));
  return said;
}

/** Stores a content under a key that nothing else has; the version that is to have it, but for its number. */
export async function storedContent<Type extends TemplateType>(
  { contents }: Pick<TemplateDeps, 'contents'>,
  ctx: EngineCtx,
  { type, name }: { readonly type: Type; readonly name: string },
  content: Contents[Type],
): Promise<Omit<Version, 'version'>> {
  const contentKey = `${CONTENTS_PREFIX}${type}/${name}/${ctx.newId()}.json`;
  await contents.put(contentKey, content);
  const date = new Date(ctx.now).toISOString();
  const { TemplateDescription: description } = content;
  return {
    ...{ contentKey, creationDate: date, lastModifiedDate: date },
    ...(description === undefined ? {} : { description }),
  };
}

/**
 * CreateEmailTemplate and its kin: version 1, which is the active one. Throws BadRequestException when there is a template
 * of that name and type, or anything is wrong with what it says.
 */
export async function createTemplate<Type extends TemplateType>(
  deps: TemplateDeps,
  ctx: EngineCtx,
  type: Type,
  given: string | undefined,
  request: TemplateRequest<Type>,
) {
  const name = requireName(given);
  const content = checkedContent(type, request);
  const latest = { ...(await storedContent(deps, ctx, { type, name }, content)), version: 1 };
  const row: TemplateRow = {
    ...{ id: ctx.newId(), name, type, tags: request.tags ?? {}, active: 1, numbered: 1, latest },
    ...{ creationDate: latest.creationDate, lastModifiedDate: latest.creationDate },
  };
  if (!(await deps.registry.create(templateKey(type, name), row))) {
    await deps.contents.remove([latest.contentKey]);
    throw badRequest(
      `There is already a template ${name} of type ${type}; update it, or choose another name`,
    );
  }
  return { Arn: templateArn(ctx, row), Message: 'Created', RequestID: ctx.requestId };
}
