import type { Campaign } from '../campaign.ts';
import type { CampaignStore, SendQueue, SendStore } from '../ports.ts';
import { replaced } from '../replaced.ts';
import { opened } from '../standing.ts';
import { WATCH_MS } from './due.ts';
import { firstSend, type Send } from './send.ts';

export interface OpenDeps {
  readonly campaigns: CampaignStore;
  readonly sends: SendStore;
  readonly queue: SendQueue;
}

/**
 * Makes the campaign's send once its time has come and puts it on the queue, without waiting for a tick; then the
 * campaign's `next` moves on. Repeating it changes nothing.
 */
export async function openSend(deps: OpenDeps, now: number, campaign: Campaign): Promise<Send | undefined> {
  const { next } = campaign;
  if (next === undefined || Date.parse(next.at) > now) return undefined;
  const send = firstSend({ ...campaign, sendAt: next.at });
  const created = await deps.sends.create({ ...send, dueAt: new Date(now + WATCH_MS).toISOString() });
  await replaced(deps.campaigns, campaign.id, (read) =>
    read.next?.at === next.at ? opened(read, send) : read,
  );
  if (created) {
    await deps.queue.send({ campaignId: campaign.id, sendId: send.id, revision: created.revision });
  }
  return created?.send ?? (await deps.sends.get(campaign.id, send.id))?.send ?? send;
}
