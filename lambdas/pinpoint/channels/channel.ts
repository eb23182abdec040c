import type { MessageConfiguration } from '@aws-sdk/client-pinpoint';

/** One template of a message: the request member it came from, its text, and whether values are escaped for HTML. */
export interface TemplateText {
  /** Path in the request, e.g. `MessageConfiguration.GCMMessage.Body`: errors name it. */
  readonly member: string;
  readonly text: string;
  readonly html?: boolean;
}

/** What a message says to one channel type: texts to render for each recipient, and values that are the same for all. */
export interface MessagePart {
  readonly templates: Readonly<Record<string, TemplateText>>;
  readonly constants: Readonly<Record<string, string>>;
}

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
