import type { Campaign } from './campaign.ts';
import type { CampaignStore } from './ports.ts';
import { replaced } from './replaced.ts';
import type { SendStore } from './sends/ports.ts';
import { watched, withSend } from './standing.ts';

interface Deps {
  readonly campaigns: CampaignStore;
  readonly sends: SendStore;
}

/**
 * Brings what the campaign's row knows of a send up to date. The row is read before the send, and written on the
 * condition that nobody wrote it since: whoever shows an older state loses to whoever showed a newer one.
 */
export function showSend(
  { campaigns, sends }: Deps,
  campaignId: string,
  sendId: string,
): Promise<Campaign | undefined> {
  return replaced(campaigns, campaignId, async (campaign) => {
    const stored = await sends.get(campaignId, sendId);
    const shown = stored ? withSend(campaign, stored.send) : campaign;
    return shown === campaign ? campaign : watched(shown);
  });
}
