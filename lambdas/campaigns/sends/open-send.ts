import { type Campaign, sendAtOf } from '../campaign.ts';
import type { CampaignStore, SendQueue, SendStore } from '../ports.ts';
import { WATCH_MS } from './due.ts';
import { firstSend, type Send } from './send.ts';

export interface OpenDeps {
  readonly campaigns: CampaignStore;
  readonly sends: SendStore;
  readonly queue: SendQueue;
}

/** Makes the campaign's send; one that is due goes on the queue at once, without waiting for a tick. Repeating it changes nothing. */
export async function openSend(deps: OpenDeps, now: number, campaign: Campaign): Promise<Send> {
  const send = firstSend({ ...campaign, sendAt: sendAtOf(campaign) });
  const isDue = Date.parse(send.scheduledFor) <= now;
  const watched = isDue ? { ...send, dueAt: new Date(now + WATCH_MS).toISOString() } : send;
  const created = await deps.sends.create(watched);
  await deps.campaigns.opened(campaign.id);
  if (created && isDue) {
    await deps.queue.send({ campaignId: campaign.id, sendId: send.id, revision: created.revision });
  }
  return created?.send ?? (await deps.sends.get(campaign.id, send.id))?.send ?? send;
}
