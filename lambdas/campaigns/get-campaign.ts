import { notFound } from '../shared/errors.ts';
import type { Campaign, CampaignState } from './campaign.ts';
import type { CampaignStore, PinpointProgress, SendStore } from './ports.ts';
import type { Counts, Send } from './sends/send.ts';
import type { Change, SendState } from './sends/send-state.ts';
import { nextSendAt, stateOf, withSend } from './standing.ts';

export interface ReadDeps {
  readonly campaigns: CampaignStore;
  readonly sends: SendStore;
  readonly pinpoint: PinpointProgress;
}

export interface SendView {
  readonly id: string;
  readonly state: SendState;
  readonly scheduledFor: string;
  readonly history: readonly Change[];
  /** Members in the resolved segment; null before it is resolved. */
  readonly members: number | null;
  /** Recipients (endpoints) by where they stand; null before the engine has them. */
  readonly counts: Counts | null;
  /** Share of the audience that is decided, 0 to 1; null without counts. */
  readonly progress: number | null;
  /** What the last step met, while it is being tried again. */
  readonly problem: string | null;
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
  const views = await Promise.all(sends.map(async (send) => viewOf(send, await countsNow(deps, now, send))));
  const current = sends.reduce(withSend, campaign);
  return { ...current, state: stateOf(current), nextSendAt: nextSendAt(current), sends: views };
}

async function countsNow({ pinpoint }: ReadDeps, now: number, send: Send): Promise<Counts | undefined> {
  if (send.state !== 'sending' || send.pinpointCampaignId === undefined) return send.counts;
  const { counts } = await pinpoint.progress(send.pinpointCampaignId);
  return { ...counts, asOf: new Date(now).toISOString() };
}

function viewOf(send: Send, counts: Counts | undefined): SendView {
  const { id, state, scheduledFor, history } = send;
  return {
    id,
    state,
    scheduledFor,
    history,
    members: send.list?.members ?? null,
    counts: counts ?? null,
    progress: counts === undefined ? null : progressOf(state, counts),
    problem: send.problem ?? null,
  };
}

const progressOf = (state: SendState, { audience, open }: Counts): number =>
  audience === 0 ? Number(state === 'completed') : (audience - open) / audience;
