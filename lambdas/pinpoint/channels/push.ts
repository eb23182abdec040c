import type { Message, MessageConfiguration } from '@aws-sdk/client-pinpoint';
import { type ChannelKind, type MessagePart, present, type Spoken, type TemplateText } from './channel.ts';

/** Members of a push message whose text is rendered, by the name of the rendered part. */
const TEXTS = {
  title: 'Title',
  body: 'Body',
  url: 'Url',
  imageUrl: 'ImageUrl',
  iconUrl: 'ImageIconUrl',
  smallIconUrl: 'ImageSmallIconUrl',
  mediaUrl: 'MediaUrl',
} as const satisfies Record<string, keyof Message>;

const MEMBER: Readonly<Record<string, 'GCMMessage' | 'APNSMessage'>> = {
  GCM: 'GCMMessage',
  APNS: 'APNSMessage',
  APNS_SANDBOX: 'APNSMessage',
};

/** The member a text comes from: the platform's own message, else the default one. */
function textOf(message: MessageConfiguration, own: 'GCMMessage' | 'APNSMessage', name: keyof Message) {
  for (const part of [own, 'DefaultMessage'] as const) {
    const text = message[part]?.[name];
    if (typeof text === 'string') return { member: `MessageConfiguration.${part}.${name}`, text };
  }
  return undefined;
}

function pushPart(message: MessageConfiguration, channelType: string): MessagePart | undefined {
  const own = MEMBER[channelType];
  if (!own || !(message[own] ?? message.DefaultMessage)) return undefined;
  const merged: Spoken = { ...message.DefaultMessage, ...message[own] };
  const templates: Record<string, TemplateText> = {};
  for (const [name, member] of Object.entries(TEXTS)) {
    const template = textOf(message, own, member);
    if (template) templates[name] = template;
  }
  return {
    templates,
    constants: present({
      action: merged.Action ?? 'OPEN_APP',
      silent: merged.SilentPush ? 'true' : undefined,
      ttlSeconds: merged.TimeToLive?.toString(),
      sound: merged.Sound,
    }),
  };
}

/** Push by token: FCM and APNs; a call holds 100 addresses (pinpoint.md §2.8). */
export const PUSH: ChannelKind = {
  name: 'push',
  types: Object.keys(MEMBER),
  callSize: 100,
  part: pushPart,
};
