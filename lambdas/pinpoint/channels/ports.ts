import type { EndpointDefinition } from '../endpoints/definition.ts';

/** What a message is called wherever it goes: it travels with it and comes back in receipts. */
export interface MessageIdentity {
  /** Deterministic per run and endpoint (ledger/message-id.ts). */
  readonly messageId: string;
  readonly applicationId: string;
  readonly campaignId: string;
  readonly activityId: string;
  readonly treatmentId: string;
  readonly endpointId: string;
  readonly userId?: string;
}

/** A rendered message to one address. */
export interface OutgoingMessage {
  /** Pinpoint's ChannelType: GCM, APNS, EMAIL, SMS, … */
  readonly channelType: string;
  readonly address: string;
  readonly identity: MessageIdentity;
  /** Rendered texts and constants by the names of the channel's part (channels/push.ts, email.ts, sms.ts, custom.ts). */
  readonly content: Readonly<Record<string, string>>;
  /** The endpoint's document, for the kinds that hand it on (channels/custom.ts). */
  readonly endpoint?: EndpointDefinition;
}

/**
 * What became of one message of a provider call.
 * `throttled` and `transient`: the provider did not take it, another try may succeed. `permanent`: it never will;
 * `gone` when the address itself is dead. `uncertain`: nobody knows (a call without an answer); never sent again.
 */
export type Outcome =
  | {
      readonly kind: 'sent';
      readonly providerMessageId?: string;
      /** The address that takes this one's place from now on, as the provider says. */
      readonly updatedToken?: string;
    }
  | {
      readonly kind: 'throttled';
      readonly text: string;
      /** How long the provider asks to wait, in milliseconds; unbounded, since it is the provider's word. */
      readonly retryAfterMs?: number;
    }
  | { readonly kind: 'transient' | 'uncertain'; readonly text: string }
  | {
      readonly kind: 'permanent';
      readonly text: string;
      readonly gone: boolean;
      /** One of Pinpoint's campaign_send_status names. */
      readonly reason: string;
    };

/** One way to a provider. It never throws for what the provider answers, and makes no attempt twice by itself. */
export interface ChannelAdapter {
  /** Sends one call of at most the kind's `callSize` messages; the outcomes stand in the order of the messages. */
  send(messages: readonly OutgoingMessage[]): Promise<readonly Outcome[]>;
}

/** Adapters by the name of their kind: `push`, `email`, `sms`, `custom`. */
export type ChannelAdapters = Readonly<Record<string, ChannelAdapter>>;
