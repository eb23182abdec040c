import { logger } from '../../shared/telemetry.ts';
import { tallyOf } from './counts.ts';
import type { PinpointProgress, Progress } from './ports.ts';
import { type Counts, liveRun, type Send, type ValueCounts } from './send.ts';
import { type Change, isFinal, type SendState } from './send-state.ts';

/** A send as it is shown. */
export interface SendView {
  readonly id: string;
  readonly state: SendState;
  /** The campaign's version that it says. */
  readonly version: number;
  readonly scheduledFor: string;
  readonly history: readonly Change[];
  /** Members in the resolved segment; null before it is resolved. */
  readonly members: number | null;
  /** Members by what they have for the texts; null before that is known, and for texts that show nothing of them. */
  readonly values: ValueCounts | null;
  /** Recipients (endpoints) by where they stand; null before the engine has them. */
  readonly counts: Counts | null;
  /** Share of the audience that is decided, 0 to 1; null without counts. */
  readonly progress: number | null;
  /** The variant that the rest got, or all, and why; null when none was chosen. */
  readonly winner: Send['winner'] | null;
  /** What the last step met, while it is being tried again. */
  readonly problem: string | null;
}

/** The send with the counts of this moment: those of a run that the engine has in hand are read from it (spec §4). */
export async function sendView(pinpoint: PinpointProgress, now: number, send: Send): Promise<SendView> {
  const counts = (await countsNow(pinpoint, now, send)) ?? null;
  const { id, state, version, scheduledFor, history } = send;
  return {
    id,
    state,
    version,
    scheduledFor,
    history,
    members: send.list?.members ?? null,
    values: send.values ?? null,
    counts,
    progress: counts === null ? null : progressOf(state, counts),
    winner: send.winner ?? null,
    problem: send.problem ?? null,
  };
}

async function countsNow(pinpoint: PinpointProgress, now: number, send: Send): Promise<Counts | undefined> {
  const run = liveRun(send);
  if (!run) return send.counts;
  const found = await progressOrNone(pinpoint, run.pinpointCampaignId);
  if (!found || found.state === 'waiting' || found.state === 'gone') return send.counts;
  const { counts } = found;
  const runs = send.runs.map((each) => (each === run ? { ...each, counts } : each));
  return { ...tallyOf(runs), asOf: new Date(now).toISOString() };
}

/** A campaign can be read although the engine cannot be asked: `asOf` tells of when its counts are. */
async function progressOrNone(pinpoint: PinpointProgress, id: string): Promise<Progress | undefined> {
  try {
    return await pinpoint.progress(id);
  } catch (cause) {
    logger.warn('counts of this moment not known', { pinpointCampaign: id, error: cause as Error });
    return undefined;
  }
}

const progressOf = (state: SendState, { audience, open }: Counts): number =>
  audience === 0 ? Number(isFinal({ state })) : (audience - open) / audience;
