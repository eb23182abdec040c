import { invalid } from '../../shared/errors.ts';
import { foundHead, foundVersion, type TemplatePlace } from './find-template.ts';
import type { TemplateStore } from './ports.ts';
import { type TemplateView, viewOf } from './put-template.ts';
import { type TemplateHead, templateChannel, templateName } from './template.ts';

const MAX_PAGE = 100;

/** A version of a template, the active one unless `version` is asked for. */
export async function getTemplate(
  templates: TemplateStore,
  place: TemplatePlace,
  query: Readonly<Record<string, string>>,
): Promise<TemplateView> {
  const version = query['version'] === undefined ? undefined : whole('version', query['version'], 1_000_000);
  const { head, template } = await foundVersion(templates, place, version);
  return viewOf(template, head);
}

/** The versions of a template, newest first. */
export async function listVersions(
  templates: TemplateStore,
  place: TemplatePlace,
): Promise<readonly TemplateView[]> {
  const head = await foundHead(templates, place);
  const versions = await templates.versions(head.channel, head.name, MAX_PAGE);
  return versions.filter(({ version }) => version <= head.latest).map((template) => viewOf(template, head));
}

/** Templates of a channel by name. */
export async function listTemplates(
  templates: TemplateStore,
  channel: string,
  query: Readonly<Record<string, string>>,
): Promise<{ readonly result: readonly TemplateHead[]; readonly next: string | null }> {
  const limit = whole('limit', query['limit'] ?? String(MAX_PAGE), MAX_PAGE);
  const begin = query['after'] === undefined ? undefined : templateName(query['after'], 'after');
  const { heads, after } = await templates.list(templateChannel(channel), limit, begin);
  return { result: heads, next: after ?? null };
}

function whole(field: string, text: string, most: number): number {
  const value = Number(text);
  if (Number.isInteger(value) && value >= 1 && value <= most) return value;
  throw invalid([{ field, message: `${field} is "${text}"; allowed: a whole number from 1 to ${most}` }]);
}
