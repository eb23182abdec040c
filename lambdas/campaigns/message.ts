import type { MessageConfiguration } from '@aws-sdk/client-pinpoint';
import type { Problem } from '../shared/errors.ts';
import type { Channel, Content } from './content.ts';
import { templateProblems } from './template-check.ts';

/** What a channel is to show. Texts are Handlebars templates with Pinpoint's variables. */
export interface Message extends Content {
  readonly channel: Channel;
}

type Part = 'title' | 'message' | 'icon' | 'image' | 'kakao';

interface ChannelRules {
  /** The most a message may have, in grapheme clusters (Pinpoint's quotas of templates). */
  readonly longest: { readonly title: number; readonly message: number };
  readonly needs: readonly Part[];
  /** Parts the channel has no place for. */
  readonly lacks: readonly Part[];
  readonly configuration: (message: Message) => MessageConfiguration;
}

/** A registry of channels: another channel is another entry. */
const RULES: Readonly<Record<Channel, ChannelRules>> = {
  push: {
    longest: { title: 200, message: 2000 },
    needs: ['title', 'message'],
    lacks: ['kakao'],
    configuration: pushConfiguration,
  },
  email: {
    longest: { title: 250, message: 100_000 },
    needs: ['title', 'message'],
    lacks: ['icon', 'kakao'],
    configuration: emailConfiguration,
  },
  sms: {
    longest: { title: 0, message: 1600 },
    needs: ['message'],
    lacks: ['title', 'icon', 'image', 'kakao'],
    configuration: ({ message = '' }) => ({ SMSMessage: { Body: message, MessageType: 'PROMOTIONAL' } }),
  },
  kakao: {
    longest: { title: 20, message: 1000 },
    needs: [],
    lacks: [],
    configuration: customConfiguration,
  },
  webhook: {
    longest: { title: 200, message: 2000 },
    needs: ['message'],
    lacks: ['kakao'],
    configuration: customConfiguration,
  },
  custom: {
    longest: { title: 200, message: 2000 },
    needs: ['message'],
    lacks: ['kakao'],
    configuration: customConfiguration,
  },
};

const segmenter = new Intl.Segmenter();
/** Length in grapheme clusters: what a reader counts as characters. */
export const graphemes = (text: string): number => [...segmenter.segment(text)].length;

/** Everything wrong with what a campaign says, by field. */
export function messageProblems(message: Message): Problem[] {
  const rules = RULES[message.channel];
  const missing = rules.needs.filter((part) => message[part] === undefined);
  const misplaced = rules.lacks.filter((part) => message[part] !== undefined);
  return [
    ...missing.map((field) => ({ field, message: `${field} is missing` })),
    ...misplaced.map((field) => ({ field, message: `${field} has no place in channel ${message.channel}` })),
    ...textProblems('title', message.title, rules.longest.title),
    ...textProblems('message', message.message, rules.longest.message),
  ];
}

function textProblems(field: 'title' | 'message', text: string | undefined, longest: number): Problem[] {
  if (text === undefined || longest === 0) return [];
  const length = graphemes(text);
  if (length > longest)
    return [{ field, message: `${field} has ${length} characters; at most ${longest} are allowed` }];
  return templateProblems(text).map((problem) => ({ field, message: `${field}: ${problem}` }));
}

/** The message in Pinpoint's words. */
export const messageConfiguration = (message: Message): MessageConfiguration =>
  RULES[message.channel].configuration(message);

/** What a customer's function or address is given: the content as JSON, rendered like any text. */
function customConfiguration({ channel: _, ...content }: Message): MessageConfiguration {
  return { CustomMessage: { Data: JSON.stringify(content) } };
}

function pushConfiguration({ title, message = '', icon, image }: Message): MessageConfiguration {
  const push = {
    Action: 'OPEN_APP' as const,
    ...(title === undefined ? {} : { Title: title }),
    Body: message,
    ...(icon === undefined ? {} : { ImageIconUrl: icon }),
    ...(image === undefined ? {} : { ImageUrl: image }),
  };
  // APNs shows the picture that MediaUrl names.
  return { GCMMessage: push, APNSMessage: image === undefined ? push : { ...push, MediaUrl: image } };
}

function emailConfiguration({ title, message = '', image }: Message): MessageConfiguration {
  return {
    EmailMessage: {
      ...(title === undefined ? {} : { Title: title }),
      Body: message,
      HtmlBody: html(message, image),
    },
  };
}

/** The plain text as a page: its own characters are escaped, its variables stay (their values are escaped when rendered). */
function html(message: string, image: string | undefined): string {
  const parts = message.split(/(\{\{\{?[\s\S]*?\}\}\}?)/);
  const text = parts.map((part, index) => (index % 2 === 1 ? part : escaped(part))).join('');
  const picture =
    image === undefined ? '' : `<p><img src="${escaped(image)}" alt="" style="max-width:100%"></p>`;
  return `<!doctype html><html><head><meta charset="utf-8"></head><body>${picture}<p>${text}</p></body></html>`;
}

const ESCAPES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  '\n': '<br>\n',
};
const escaped = (text: string): string => text.replaceAll(/[&<>"\n]/g, (char) => ESCAPES[char] ?? char);
