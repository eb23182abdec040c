import type { MessageConfiguration } from '@aws-sdk/client-pinpoint';
import type { ChannelKind, MessagePart } from './channel.ts';
import { EMAIL } from './email.ts';
import { PUSH } from './push.ts';
import { SMS } from './sms.ts';

/** Every channel the engine sends on. A new channel is an entry here and an adapter in the deliver function. */
export const CHANNELS: readonly ChannelKind[] = [PUSH, EMAIL, SMS];

const BY_TYPE = new Map(CHANNELS.flatMap((kind) => kind.types.map((type) => [type, kind] as const)));
const BY_NAME = new Map(CHANNELS.map((kind) => [kind.name, kind] as const));

/** The kind that sends to Pinpoint's ChannelType; undefined when none does. */
export const kindOfType = (channelType: string): ChannelKind | undefined => BY_TYPE.get(channelType);

export function kindNamed(name: string): ChannelKind {
  const kind = BY_NAME.get(name);
  if (!kind) throw new Error(`There is no channel kind ${name}`);
  return kind;
}

/** What a message says, by channel type: only the types it says something to. */
export function partsOf(message: MessageConfiguration): Map<string, MessagePart> {
  const parts = new Map<string, MessagePart>();
  for (const kind of CHANNELS) {
    for (const type of kind.types) {
      const part = kind.part(message, type);
      if (part) parts.set(type, part);
    }
  }
  return parts;
}
