import type { Message, MessageConfiguration } from '@aws-sdk/client-pinpoint';
import type { MessagePart } from '../../shared/rendering/part.ts';

export type { MessagePart, TemplateText } from '../../shared/rendering/part.ts';

/** A push message as a template may have it: with the name of a sound, for which a campaign's own has no member. */
export type Spoken = Message & { readonly Sound?: string | undefined };

/**
 * A channel of the engine. Channels are entries of the registry in channels/registry.ts; nothing else of the engine
 * names one.
 */
export interface ChannelKind {
  /** Slices hold one kind each; it also names the adapter. */
  readonly name: string;
  /** Pinpoint's ChannelType values of this kind. */
  readonly types: readonly string[];
  /** Messages in one provider call. */
  readonly callSize: number;
  /** The part for one channel type; undefined when the message says nothing to it. */
  part(message: MessageConfiguration, channelType: string): MessagePart | undefined;
}

/** Members with their values, leaving out those without one. */
export const present = (members: Readonly<Record<string, string | undefined>>): Record<string, string> =>
  Object.fromEntries(
    Object.entries(members).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );
