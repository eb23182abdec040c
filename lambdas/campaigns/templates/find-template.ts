import { notFound } from '../../shared/errors.ts';
import { suggestion } from '../../shared/validation.ts';
import type { TemplateStore } from './ports.ts';
import {
  type Template,
  type TemplateChannel,
  type TemplateHead,
  templateChannel,
  templateName,
} from './template.ts';

export interface TemplatePlace {
  readonly channel: string;
  readonly name: string;
}

/** Names looked at for a suggestion. */
const LOOKED_AT = 1000;

/** Throws `not_found` with the nearest names. */
export async function foundHead(templates: TemplateStore, place: TemplatePlace): Promise<TemplateHead> {
  const [channel, name] = [templateChannel(place.channel), templateName(place.name)];
  const head = await templates.head(channel, name);
  if (head) return head;
  const { heads } = await templates.list(channel, LOOKED_AT);
  const near = suggestion(
    name,
    heads.map((found) => found.name),
  );
  throw notFound(`There is no ${channel} template "${name}"${near}`, 'name');
}

/** A version, the active one unless another is named. */
export async function foundVersion(
  templates: TemplateStore,
  place: TemplatePlace,
  version?: number,
): Promise<{ readonly head: TemplateHead; readonly template: Template }> {
  const head = await foundHead(templates, place);
  const wanted = version ?? head.active;
  const template = await templates.version(head.channel, head.name, wanted);
  if (template) return { head, template };
  const message = `Template "${head.name}" has no version ${wanted}; there are 1 to ${head.latest}`;
  throw notFound(message, 'version');
}

/** What is wrong with naming a template; undefined when it can be sent. */
export async function missingTemplate(
  templates: TemplateStore,
  channel: TemplateChannel,
  { name, version }: { readonly name: string; readonly version?: string },
): Promise<string | undefined> {
  try {
    await foundVersion(templates, { channel, name }, version === undefined ? undefined : Number(version));
    return undefined;
  } catch (cause) {
    return (cause as Error).message;
  }
}
