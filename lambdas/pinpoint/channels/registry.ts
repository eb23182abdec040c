import type { CustomDeliveryConfiguration, MessageConfiguration } from '@aws-sdk/client-pinpoint';
import type { ChannelKind, MessagePart } from './channel.ts';
import { CUSTOM } from './custom.ts';
import { EMAIL } from './email.ts';
import { PUSH } from './push.ts';
import { SMS } from './sms.ts';

/** Every channel the engine sends on. A new channel is an entry here and an adapter in the deliver function. */
export const CHANNELS: readonly ChannelKind[] = [PUSH, EMAIL, SMS, CUSTOM];

const BY_NAME = new Map(CHANNELS.map((kind) => [kind.name, kind] as const));

export function kindNamed(name: string): ChannelKind {
  const kind = BY_NAME.get(name);
  if (!kind) throw new Error(`There is no channel kind ${name}`);
  return kind;
}

/** What a message says to one channel type, and the kind that carries it. */
export interface Said {
  readonly kind: ChannelKind;
  readonly part: MessagePart;
}

/** A message and, for a custom channel, where it goes. */
export interface Sayable {
  readonly message: MessageConfiguration;
  readonly customDelivery?: CustomDeliveryConfiguration | undefined;
}

/**
 * What a message says, by Pinpoint's ChannelType: only the types it says something to. With a custom delivery
 * everything goes there, to endpoints of the types it names (`CUSTOM` when it names none).
 */
export function saidBy({ message, customDelivery }: Sayable): Map<string, Said> {
  const said = new Map<string, Said>();
  if (customDelivery) {
    const constants = {
      data: message.CustomMessage?.Data ?? '',
      deliveryUri: customDelivery.DeliveryUri ?? '',
    };
    for (const type of customDelivery.EndpointTypes ?? ['CUSTOM'])
      said.set(type, { kind: CUSTOM, part: { templates: {}, constants } });
    return said;
  }
  for (const kind of CHANNELS) {
    for (const type of kind.types) {
      const part = kind.part(message, type);
      if (part) said.set(type, { kind, part });
    }
  }
  return said;
}
