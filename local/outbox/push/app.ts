import { createHash, randomUUID } from 'node:crypto';
import type { Message } from '../message.ts';

export interface Collector {
  /** The public API's base: events go to `<url>/v1/events`. */
  readonly url: string;
  readonly apiKey: string;
}

const MAX_EVENTS = 500;

/** The event an app sends when its user taps a notification (spec §1, tracking plan). */
export function openEvent(message: Message, nowMs: number): object {
  const properties = {
    message_id: message.messageId,
    campaign_id: message.campaignId,
    activity_id: message.activityId,
    treatment_id: message.treatmentId,
    channel: message.channelType,
  };
  // An app that knows no user has an id of its own; here it follows from the token.
  const person =
    message.userId === undefined
      ? { anonymous_id: `app-${createHash('sha256').update(message.to).digest('hex').slice(0, 24)}` }
      : { user_id: message.userId };
  return {
    event_id: randomUUID(),
    name: 'message_open',
    occurred_at: new Date(nowMs).toISOString(),
    source: 'client',
    ...person,
    properties: Object.fromEntries(Object.entries(properties).filter(([, value]) => value !== undefined)),
  };
}

/** The app on the recipients' phones: tells the collector that messages were opened. */
export function phoneApp(collector: Collector) {
  const post = async (messages: readonly Message[], nowMs: number): Promise<void> => {
    const response = await fetch(`${collector.url}/v1/events`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', 'x-api-key': collector.apiKey },
      body: JSON.stringify({ events: messages.map((message) => openEvent(message, nowMs)) }),
    });
    const answer = await response.text();
    // 207 means that some events were refused, which is as much a failure here.
    if (!response.ok || response.status === 207)
      throw new Error(`The collector answered ${response.status}: ${answer.slice(0, 500)}`);
  };
  return {
    /** Each phone would send its own request; they go together because only their content matters. */
    async open(messages: readonly Message[], nowMs: number): Promise<void> {
      for (let start = 0; start < messages.length; start += MAX_EVENTS)
        await post(messages.slice(start, start + MAX_EVENTS), nowMs);
    },
  };
}
