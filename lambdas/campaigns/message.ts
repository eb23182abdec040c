import type { MessageConfiguration } from '@aws-sdk/client-pinpoint';
import type { Channel, Content } from './content.ts';

/** What a channel is to show. Texts are Handlebars templates with Pinpoint's variables. */
export interface Message extends Content {
  readonly channel: Channel;
  /** Providers route what informs apart from what advertises; a text message is the latter unless said. */
  readonly purpose?: 'advertising' | 'informational';
}

/** A registry of channels: another channel is another entry. */
const CONFIGURATIONS: Readonly<Record<Channel, (message: Message) => MessageConfiguration>> = {
  push: pushConfiguration,
  email: emailConfiguration,
  sms: ({ message = '', purpose }) => ({
    SMSMessage: {
      Body: message,
      MessageType: purpose === 'informational' ? 'TRANSACTIONAL' : 'PROMOTIONAL',
    },
  }),
  kakao: kakaoConfiguration,
  webhook: customConfiguration,
  custom: customConfiguration,
};

/** The message in Pinpoint's words. */
export const messageConfiguration = (message: Message): MessageConfiguration =>
  CONFIGURATIONS[message.channel](message);

/** What our own channel is given: where the content lies that was stored for it (saying/prepare.ts, `KakaoOrder`). */
function kakaoConfiguration({ kakao = {} }: Message): MessageConfiguration {
  return { CustomMessage: { Data: JSON.stringify(kakao) } };
}

/** What a customer's function or address is given: the content as JSON, not rendered (pinpoint.md §3.2), and the endpoints. */
function customConfiguration({ channel: _, purpose: _purpose, ...content }: Message): MessageConfiguration {
  return { CustomMessage: { Data: JSON.stringify(content) } };
}

function pushConfiguration({ title, message = '', icon, image, link }: Message): MessageConfiguration {
  const push = {
    ...tapped(link),
    ...(title === undefined ? {} : { Title: title }),
    Body: message,
    ...(icon === undefined ? {} : { ImageIconUrl: icon }),
    ...(image === undefined ? {} : { ImageUrl: image }),
  };
  // APNs shows the picture that MediaUrl names.
  return { GCMMessage: push, APNSMessage: image === undefined ? push : { ...push, MediaUrl: image } };
}

/** An address of the web, or one of a variable, opens the browser; any other is the app's own. */
function tapped(link: string | undefined) {
  if (link === undefined) return { Action: 'OPEN_APP' as const };
  return {
    Action: /^(?:https?:|\{\{|#\{)/i.test(link) ? ('URL' as const) : ('DEEP_LINK' as const),
    Url: link,
  };
}

function emailConfiguration({ title, message, image, html }: Message): MessageConfiguration {
  return {
    EmailMessage: {
      ...(title === undefined ? {} : { Title: title }),
      ...(message === undefined ? {} : { Body: message }),
      HtmlBody: html ?? pageOf(message ?? '', image),
    },
  };
}

/** The plain text as a page: its own characters are escaped, its variables stay (their values are escaped when rendered). */
function pageOf(message: string, image: string | undefined): string {
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
