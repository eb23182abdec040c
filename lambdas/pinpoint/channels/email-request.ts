import type { BulkEmailEntry, Message, MessageHeader, MessageTag } from '@aws-sdk/client-sesv2';
import { HEADER_PREFIX } from './email.ts';
import type { OutgoingMessage } from './ports.ts';
import { tagsOf } from './tags.ts';

/** The parts of a message are replacement values of a template that holds nothing else (design.md, "E-mail"). */
const PARTS = { Subject: 'subject', Html: 'html', Text: 'text' } as const;

const headersOf = ({ content }: OutgoingMessage): MessageHeader[] =>
  Object.entries(content)
    .filter(([name]) => name.startsWith(HEADER_PREFIX))
    .map(([name, value]) => ({ Name: name.slice(HEADER_PREFIX.length), Value: value }));

export const sesTags = ({ identity }: OutgoingMessage): MessageTag[] =>
  Object.entries(tagsOf(identity)).map(([Name, Value]) => ({ Name, Value }));

/** A message as an entry of a call to many, and what it weighs there. */
export interface Weighed {
  readonly message: OutgoingMessage;
  readonly entry: BulkEmailEntry;
  readonly bytes: number;
}

export function weighed(message: OutgoingMessage): Weighed {
  const parts = Object.values(PARTS).map((part) => [part, message.content[part] ?? '']);
  const ReplacementTemplateData = JSON.stringify(Object.fromEntries(parts));
  const headers = headersOf(message);
  return {
    message,
    bytes: Buffer.byteLength(ReplacementTemplateData),
    entry: {
      Destination: { ToAddresses: [message.address] },
      ReplacementTags: sesTags(message),
      ReplacementEmailContent: { ReplacementTemplate: { ReplacementTemplateData } },
      ...(headers.length > 0 ? { ReplacementHeaders: headers } : {}),
    },
  };
}

/** The template with the parts that the message has. */
export function templateOf(content: OutgoingMessage['content']) {
  const parts = Object.entries(PARTS).filter(([, part]) => part === 'subject' || content[part] !== undefined);
  return Object.fromEntries(parts.map(([name, part]) => [name, `{{${part}}}`]));
}

const bodyPart = (Data: string | undefined) => (Data === undefined ? undefined : { Data, Charset: 'UTF-8' });

export function simpleOf(message: OutgoingMessage): Message {
  const { subject = '', html, text } = message.content;
  const headers = headersOf(message);
  return {
    Subject: { Data: subject, Charset: 'UTF-8' },
    Body: { Html: bodyPart(html), Text: bodyPart(text) },
    ...(headers.length > 0 ? { Headers: headers } : {}),
  };
}
