import type { CreateCampaign } from '../../schemas/campaigns/generated/requests.js';
import { notFound } from '../shared/errors.ts';
import type { Campaign, CampaignState } from './campaign.ts';
import type { ChosenVariant } from './content.ts';
import { requestOf } from './definition/request-of.ts';
import type { Variables } from './personalisation/variables.ts';
import type { CampaignStore } from './ports.ts';
import type { PinpointProgress, SendStore } from './sends/ports.ts';
import { type SendView, sendView } from './sends/send-view.ts';
import { completedAt, nextSendAt, stateOf, withSend } from './standing.ts';

export interface ReadDeps {
  readonly campaigns: CampaignStore;
  readonly sends: SendStore;
  readonly pinpoint: PinpointProgress;
  readonly variables: Pick<Variables, 'shown'>;
}

/** A campaign in the words of the request that would create it, and how it stands. */
export interface CampaignView extends CreateCampaign {
  readonly id: string;
  readonly version: number;
  readonly state: CampaignState;
  readonly nextSendAt: string | null;
  readonly completedAt: string | null;
  /** What advertising carries, as it was frozen into this version. */
  readonly notices: { readonly label: boolean; readonly optOutText: string | null };
  /** Who won, and later sends get. */
  readonly chosen: ChosenVariant | null;
  readonly createdAt: string;
  readonly createdBy: string;
  readonly changedAt: string;
  readonly changedBy: string;
  /** The last of them, oldest first. */
  readonly sends: readonly SendView[];
}

/** Sends shown with their campaign. */
const SHOWN = 30;

/** The campaign with its last sends; the counts of a running send are read from the engine now (spec §4). */
export async function getCampaign(deps: ReadDeps, now: number, id: string): Promise<CampaignView> {
  const [campaign, latest] = await Promise.all([deps.campaigns.get(id), deps.sends.latest(id, SHOWN)]);
  if (!campaign) throw notFound(`There is no campaign "${id}"`, 'id');
  const sends = latest.toReversed();
  const views = await Promise.all(sends.map((send) => sendView(deps.pinpoint, now, send)));
  return { ...viewOf(sends.reduce(withSend, campaign), deps.variables), sends: views };
}

function viewOf(campaign: Campaign, { shown }: ReadDeps['variables']): Omit<CampaignView, 'sends'> {
  const { id, version, policy, chosen, createdAt, createdBy, changedAt, changedBy } = campaign;
  const defaults = Object.entries(campaign.defaults).map(([name, text]) => [shown(name), text]);
  return {
    ...requestOf(campaign),
    // Stored by the engine's names, told by its author's.
    defaults: Object.fromEntries(defaults),
    id,
    version,
    state: stateOf(campaign),
    nextSendAt: nextSendAt(campaign),
    completedAt: completedAt(campaign),
    notices: { label: policy.label, optOutText: policy.optOutText ?? null },
    chosen: chosen ?? null,
    createdAt,
    createdBy,
    changedAt,
    changedBy,
  };
}
