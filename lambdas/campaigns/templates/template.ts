import { invalid } from '../../shared/errors.ts';
import type { Content } from '../content.ts';

/** Channels whose messages can be kept as templates. */
export const TEMPLATE_CHANNELS = ['push', 'email', 'sms', 'kakao'] as const;
export type TemplateChannel = (typeof TEMPLATE_CHANNELS)[number];

/** As its author wrote it: with short forms, and MJML in place of HTML. */
export interface TemplateContent extends Omit<Content, 'template'> {
  readonly mjml?: string;
}

/** One version of a template. Versions count from 1 and never change; the active one is sent unless another is named. */
export interface Template {
  readonly channel: TemplateChannel;
  readonly name: string;
  readonly version: number;
  readonly content: TemplateContent;
  readonly description?: string;
  /** By variable as the texts write it. */
  readonly defaults: Readonly<Record<string, string>>;
  /** ISO 8601, UTC. */
  readonly createdAt: string;
  readonly createdBy: string;
}

/** What is known of a template beside its versions. */
export interface TemplateHead {
  readonly channel: TemplateChannel;
  readonly name: string;
  /** Counts its writes. */
  readonly revision: number;
  readonly latest: number;
  readonly active: number;
  readonly changedAt: string;
  readonly changedBy: string;
}

/** Pinpoint's names of templates (TemplateName): up to 128 letters, digits, `-` and `_`, a letter or digit first. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9_-]{0,127}$/;

export function templateName(name: string, field = 'name'): string {
  if (NAME.test(name)) return name;
  const allowed = '1 to 128 letters, digits, - and _, beginning with a letter or digit';
  throw invalid([{ field, message: `${field} is "${name}"; allowed: ${allowed}` }]);
}

export function templateChannel(channel: string): TemplateChannel {
  const found = TEMPLATE_CHANNELS.find((one) => one === channel);
  if (found) return found;
  const message = `channel is "${channel}"; allowed: ${TEMPLATE_CHANNELS.join(', ')}`;
  throw invalid([{ field: 'channel', message }]);
}

/** Whether two versions would be sent and shown alike. */
export const saysTheSame = (
  a: Pick<Template, 'content' | 'defaults' | 'description'>,
  b: Pick<Template, 'content' | 'defaults' | 'description'>,
): boolean =>
  sorted([a.content, a.defaults, a.description]) === sorted([b.content, b.defaults, b.description]);

const sorted = (value: unknown): string =>
  JSON.stringify(value, (_key, node: unknown) =>
    typeof node === 'object' && node !== null && !Array.isArray(node)
      ? Object.fromEntries(Object.entries(node).sort(([x], [y]) => (x < y ? -1 : 1)))
      : node,
  );
