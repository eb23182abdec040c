import type { MessageConfiguration } from '@aws-sdk/client-pinpoint';
import type { CampaignEvent } from '../campaign-event.ts';
import { type ChannelKind, type MessagePart, present } from './channel.ts';
import { refusedDelivery } from './custom-answer.ts';
import type { ChannelAdapter, Outcome, OutgoingMessage } from './ports.ts';

/** What a customer's own channel gets (pinpoint.md §3.2). */
export interface CustomEvent extends CampaignEvent {
  readonly Message: Readonly<Record<string, never>>;
  /** CustomMessage.Data as the campaign has it, not rendered: a call has one for all its endpoints. */
  readonly Data: string;
}

/** What became of a call, and of the endpoints of which the other side says something of their own. */
export interface Delivered {
  readonly outcome: Outcome;
  readonly each?: ReadonlyMap<string, Outcome>;
}

/** One way to a customer's own channel. It never throws for what the other side answers, and tries once. */
export interface CustomTarget {
  deliver(uri: string, event: CustomEvent): Promise<Delivered>;
}

export interface CustomTargets {
  /** Takes the name or ARN of a function. */
  readonly lambda: CustomTarget;
  /** Takes a URL. */
  readonly webhook: CustomTarget;
}

const customPart = ({ CustomMessage: custom }: MessageConfiguration): MessagePart | undefined =>
  custom ? { templates: {}, constants: present({ data: custom.Data }) } : undefined;

/**
 * A customer's Lambda function or webhook; a call holds 50 endpoints. Its channel types are those that the campaign
 * lists in CustomDeliveryConfiguration.EndpointTypes. Content: `data`; `deliveryUri` and `scheduledTime` of the run.
 */
export const CUSTOM: ChannelKind = { name: 'custom', types: [], callSize: 50, part: customPart };

function customEvent(
  messages: readonly OutgoingMessage[],
  { identity, content }: OutgoingMessage,
): CustomEvent {
  const definitions = messages.map(
    ({ identity: { endpointId }, endpoint, channelType, address }) =>
      [endpointId, endpoint ?? { ChannelType: channelType as 'CUSTOM', Address: address }] as const,
  );
  return {
    Message: {},
    Data: content['data'] ?? '',
    ApplicationId: identity.applicationId,
    CampaignId: identity.campaignId,
    TreatmentId: identity.treatmentId,
    ActivityId: identity.activityId,
    ScheduledTime: content['scheduledTime'] ?? '',
    Endpoints: Object.fromEntries(definitions),
  };
}

/** Custom delivery: the messages of a call go to one place together, and share what becomes of them unless it says more. */
export function customDelivery({ lambda, webhook }: CustomTargets): ChannelAdapter {
  return {
    async send(messages) {
      const [first] = messages;
      if (!first) return [];
      const uri = first.content['deliveryUri'] ?? '';
      const target = /^https?:/i.test(uri) ? webhook : lambda;
      const { outcome, each }: Delivered = uri
        ? await target.deliver(uri, customEvent(messages, first))
        : { outcome: refusedDelivery('The campaign has no DeliveryUri') };
      return messages.map(({ identity }) => each?.get(identity.endpointId) ?? outcome);
    },
  };
}

const ALLOWED = /^[A-Za-z0-9\-._~?/#:;]+$/;

/** Why a URL cannot be a webhook, or undefined: https only, and of the characters Pinpoint takes (pinpoint.md §3.2). */
export function webhookProblem(uri: string): string | undefined {
  if (!/^https:\/\//i.test(uri)) return `${uri} does not begin with https://`;
  if (!ALLOWED.test(uri)) return `${uri} has other characters than letters, digits and - . _ ~ ? / # : ;`;
  return URL.canParse(uri) ? undefined : `${uri} is not a URL`;
}
