import { RepointError } from '../shared/errors.ts';
import type { Campaign } from './campaign.ts';
import type { CampaignStore } from './ports.ts';

/** Writers of one campaign are few: who loses so often in a row meets something else. */
const MAX_TRIES = 8;

/**
 * Reads a campaign, works out what it becomes and writes it on the condition that nobody wrote it since; otherwise
 * reads again. Answers it as it then is; undefined when there is none. A `change` that answers what it was given writes
 * nothing.
 */
export async function replaced(
  campaigns: Pick<CampaignStore, 'get' | 'replace'>,
  id: string,
  change: (campaign: Campaign) => Campaign | Promise<Campaign>,
): Promise<Campaign | undefined> {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const campaign = await campaigns.get(id);
    if (!campaign) return undefined;
    const next = await change(campaign);
    if (next === campaign) return campaign;
    const written = await campaigns.replace(next);
    if (written) return written;
  }
  throw new RepointError('unavailable', `Campaign ${id} is being changed by others; try again`);
}
