import type { PutTemplate } from '../../../schemas/campaigns/generated/requests.js';
import type { Ctx } from '../../shared/context.ts';
import { conflict, invalid } from '../../shared/errors.ts';
import { foundHead, foundVersion, type TemplatePlace } from './find-template.ts';
import type { TemplatePublisher, TemplateStore } from './ports.ts';
import { type SentChecks, sentTemplate } from './sent-template.ts';
import {
  saysTheSame,
  type Template,
  type TemplateContent,
  type TemplateHead,
  templateChannel,
  templateName,
} from './template.ts';

export interface TemplateDeps {
  readonly templates: TemplateStore;
  readonly publisher: TemplatePublisher;
  readonly checks: SentChecks;
}

export interface TemplateView extends Template {
  readonly active: boolean;
  readonly latest: number;
}

/**
 * Makes the next version of a template, the first of a new one, or none when the latest says the same. It is published
 * first, then kept as it was written: a try that was cut off is made up for by the next. Conflict when two do so at once.
 */
export async function putTemplate(
  deps: TemplateDeps,
  ctx: Ctx,
  place: TemplatePlace,
  input: PutTemplate,
): Promise<{ readonly template: TemplateView; readonly created: boolean }> {
  const at = { channel: templateChannel(place.channel), name: templateName(place.name) };
  const written = {
    ...at,
    content: input.content as TemplateContent,
    defaults: input.defaults ?? {},
    ...(input.description === undefined ? {} : { description: input.description }),
  };
  const { sent, problems } = sentTemplate(written, deps.checks);
  if (sent === undefined) throw invalid(problems);
  const head = await deps.templates.head(at.channel, at.name);
  const latest = head && (await deps.templates.version(at.channel, at.name, head.latest));
  const template =
    latest && saysTheSame(latest, written)
      ? latest
      : await kept(deps, ctx, written, await deps.publisher.publish(sent), head === undefined);
  const next = await pointed(deps, ctx, head, template, input.activate ?? true);
  return { template: viewOf(template, next), created: head === undefined };
}

async function kept(
  { templates }: TemplateDeps,
  ctx: Ctx,
  written: Omit<Template, 'version' | 'createdAt' | 'createdBy'>,
  version: number,
  anew: boolean,
): Promise<Template> {
  const template = { ...written, version, createdAt: new Date(ctx.now).toISOString(), createdBy: ctx.actor };
  if (await templates.keep(template, anew)) return template;
  throw changedMeanwhile(written.name);
}

/** The head, showing at least this version, and it as the active one if asked. */
async function pointed(
  deps: TemplateDeps,
  ctx: Ctx,
  head: TemplateHead | undefined,
  { channel, name, version }: Template,
  activate: boolean,
): Promise<TemplateHead> {
  const active = activate || head === undefined ? version : head.active;
  const latest = Math.max(version, head?.latest ?? 0);
  if (head && head.active === active && head.latest === latest) return head;
  if (head?.active !== active) await deps.publisher.activate(channel, name, active);
  const next = changed(head, { channel, name, latest, active }, ctx);
  if (await deps.templates.replace(next)) return next;
  throw changedMeanwhile(name);
}

const changed = (
  head: TemplateHead | undefined,
  next: Pick<TemplateHead, 'channel' | 'name' | 'latest' | 'active'>,
  ctx: Ctx,
): TemplateHead => ({
  ...next,
  revision: (head?.revision ?? 0) + 1,
  changedAt: new Date(ctx.now).toISOString(),
  changedBy: ctx.actor,
});

/** Makes another version the active one. Throws `not_found` for a template or version that is not there. */
export async function activateTemplate(
  deps: TemplateDeps,
  ctx: Ctx,
  place: TemplatePlace,
  version: number,
): Promise<TemplateView> {
  const { head, template } = await foundVersion(deps.templates, place, version);
  const next = await pointed(deps, ctx, head, template, true);
  return viewOf(template, next);
}

/** Takes a template away: nothing new is sent with it. */
export async function deleteTemplate(deps: TemplateDeps, place: TemplatePlace): Promise<void> {
  const head = await foundHead(deps.templates, place);
  await deps.publisher.remove(head.channel, head.name);
  if (!(await deps.templates.remove(head))) throw changedMeanwhile(head.name);
}

export const changedMeanwhile = (name: string) =>
  conflict(`Template "${name}" was changed by somebody else at the same time; try again`);

export const viewOf = (template: Template, head: TemplateHead): TemplateView => ({
  ...template,
  active: head.active === template.version,
  latest: head.latest,
});
