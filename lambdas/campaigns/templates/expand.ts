import { RepointError } from '../../shared/errors.ts';
import type { Channel, Content } from '../content.ts';
import { foundVersion } from './find-template.ts';
import { fromMjml } from './mjml.ts';
import type { TemplateStore } from './ports.ts';

export interface Expanded {
  readonly content: Content;
  /** The template's own, by variable as its author wrote it. */
  readonly defaults: Readonly<Record<string, string>>;
}

/**
 * A content with its template in its place: the version it names, else the one that is active now. Throws
 * `unprocessable` when there is none any more.
 */
export async function expanded(
  templates: TemplateStore,
  channel: Channel,
  content: Content,
): Promise<Expanded> {
  const { template: named, ...own } = content;
  if (named === undefined) return { content: own, defaults: {} };
  const version = named.version === undefined ? undefined : Number(named.version);
  const { template } = await foundVersion(templates, { channel, name: named.name }, version).catch(
    (cause: unknown) => {
      throw cause instanceof RepointError ? new RepointError('unprocessable', cause.message) : cause;
    },
  );
  const { mjml, ...plain } = template.content;
  const { html } = mjml === undefined ? {} : fromMjml(mjml);
  return {
    content: { ...plain, ...(html === undefined ? {} : { html }), ...own },
    defaults: template.defaults,
  };
}
