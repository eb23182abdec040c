import { notFound } from '../shared/errors.ts';
import type { Campaign, CampaignState } from './campaign.ts';
import type { CampaignStore } from './ports.ts';
import type { PinpointProgress, SendStore } from './sends/ports.ts';
import { type SendView, sendView } from './sends/send-view.ts';
import { nextSendAt, stateOf, withSend } from './standing.ts';

export interface ReadDeps {
  readonly campaigns: CampaignStore;
  readonly sends: SendStore;
  readonly pinpoint: PinpointProgress;
}

export interface CampaignView extends Campaign {
  readonly state: CampaignState;
  readonly nextSendAt: string | null;
  readonly sends: readonly SendView[];
}

/** The campaign with its sends; the counts of a running send are read from the engine now (spec §4). */
export async function getCampaign(deps: ReadDeps, now: number, id: string): Promise<CampaignView> {
  const [campaign, sends] = await Promise.all([deps.campaigns.get(id), deps.sends.list(id)]);
  if (!campaign) throw notFound(`There is no campaign "${id}"`, 'id');
  const views = await Promise.all(sends.map((send) => sendView(deps.pinpoint, now, send)));
  const current = sends.reduce(withSend, campaign);
  return { ...current, state: stateOf(current), nextSendAt: nextSendAt(current), sends: views };
}
