import { randomUUID } from 'node:crypto';
import { AwsError } from '../../wire/aws-error.ts';
import { type NewMessage, originOfContext } from '../message.ts';
import type { Destination, Pairs } from './request.ts';

const ADDRESS = /^(?:[^<>]*<)?[^\s<>@]+@[^\s<>@]+>?$/;
/** What SES takes in the names and values of message tags. */
const TAG = /^[A-Za-z0-9_-]{1,256}$/;

export interface Envelope {
  readonly from: string;
  readonly destination: Destination;
  readonly tags: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string>>;
  readonly replyTo: readonly string[] | undefined;
  readonly configurationSet: string | undefined;
}

export interface Parts {
  readonly subject: string;
  readonly text?: string | undefined;
  readonly html?: string | undefined;
}

const recordOf = (pairs: Pairs): Record<string, string> =>
  Object.fromEntries((pairs ?? []).map(({ Name, Value }) => [Name, Value]));

/** Tags of the request and of the entry; the entry's win. Throws when SES would not take one. */
export function tagsOf(...sources: readonly Pairs[]): Record<string, string> {
  const tags = Object.assign({}, ...sources.map(recordOf)) as Record<string, string>;
  for (const [name, value] of Object.entries(tags)) {
    if (!TAG.test(name) || !TAG.test(value))
      throw new AwsError(
        'BadRequestException',
        `Tag ${name}=${value}: names and values have 1 to 256 of A-Z, a-z, 0-9, _ and -`,
      );
  }
  return tags;
}

export const headersOf = (...sources: readonly Pairs[]): Record<string, string> =>
  Object.assign({}, ...sources.map(recordOf)) as Record<string, string>;

/** Why SES would not take these recipients, or undefined. */
export function wrongDestination({ ToAddresses = [], CcAddresses = [], BccAddresses = [] }: Destination) {
  const all = [...ToAddresses, ...CcAddresses, ...BccAddresses];
  if (all.length === 0 || all.length > 50) return `${all.length} recipients; 1 to 50 are allowed`;
  const wrong = all.find((address) => !ADDRESS.test(address));
  return wrong === undefined ? undefined : `Illegal address ${wrong}`;
}

export const newMessageId = (): string =>
  `${randomUUID().replaceAll('-', '').slice(0, 16)}-${randomUUID()}-000000`;

export function emailMessage(envelope: Envelope, parts: Parts, providerMessageId: string): NewMessage {
  const { destination, tags, headers, replyTo, configurationSet } = envelope;
  return {
    channel: 'email',
    channelType: 'EMAIL',
    to: (destination.ToAddresses ?? []).join(', '),
    from: envelope.from,
    title: parts.subject,
    body: parts.text ?? '',
    ...(parts.html !== undefined && { html: parts.html }),
    context: tags,
    providerMessageId,
    ...(Object.keys(headers).length > 0 && { headers }),
    ...(replyTo && { replyTo }),
    ...(destination.CcAddresses && { cc: destination.CcAddresses }),
    ...(destination.BccAddresses && { bcc: destination.BccAddresses }),
    ...(configurationSet !== undefined && { configurationSet }),
    ...originOfContext(tags),
  };
}
