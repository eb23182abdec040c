import type { MessageConfiguration } from '@aws-sdk/client-pinpoint';
import { type ChannelKind, type MessagePart, present, type TemplateText } from './channel.ts';

/** Content names that begin so are e-mail headers: `header:List-Unsubscribe`. */
export const HEADER_PREFIX = 'header:';

function emailPart({ EmailMessage: email }: MessageConfiguration): MessagePart | undefined {
  if (!email) return undefined;
  const at = 'MessageConfiguration.EmailMessage';
  const templates: Record<string, TemplateText> = {};
  if (email.Title !== undefined) templates['subject'] = { member: `${at}.Title`, text: email.Title };
  if (email.Body !== undefined) templates['text'] = { member: `${at}.Body`, text: email.Body };
  if (email.HtmlBody !== undefined)
    templates['html'] = { member: `${at}.HtmlBody`, text: email.HtmlBody, html: true };
  for (const [index, { Name, Value }] of (email.Headers ?? []).entries()) {
    if (Name !== undefined)
      templates[`${HEADER_PREFIX}${Name}`] = { member: `${at}.Headers[${index}].Value`, text: Value ?? '' };
  }
  return { templates, constants: present({ from: email.FromAddress }) };
}

/** E-mail: a call holds 50 recipients (design.md, "E-mail"). */
export const EMAIL: ChannelKind = { name: 'email', types: ['EMAIL'], callSize: 50, part: emailPart };
