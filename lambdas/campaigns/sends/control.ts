import type { Ctx } from '../../shared/context.ts';
import { conflict, notFound, RepointError } from '../../shared/errors.ts';
import { showSend } from '../show-send.ts';
import { close, isOpen } from './close.ts';
import { withoutPause } from './deliver.ts';
import { WATCH_MS } from './due.ts';
import { iso, letGoOn, to } from './moves.ts';
import { type OpenDeps, openDue } from './open-due.ts';
import type { PinpointControls, PinpointProgress, StoredSend, VersionStore } from './ports.ts';
import { liveRun, type Send } from './send.ts';
import { canPause, isFinal } from './send-state.ts';
import { type TellDeps, tell } from './tell.ts';

/** What people may do with a send. Each verb is idempotent, and throws `conflict` that tells the state it found. */

export interface ControlDeps extends OpenDeps, TellDeps {
  readonly versions: Pick<VersionStore, 'get'>;
  readonly pinpoint: PinpointProgress & PinpointControls;
}

/** A send of a campaign. */
export interface SendRef {
  readonly campaignId: string;
  readonly sendId: string;
}

const found = ({ id, state }: Send): string => `The send ${id} is ${state}`;

/** Has a send rest, within seconds also in the middle of it. Calls to providers that are on their way end. */
export const pauseSend = (deps: ControlDeps, ctx: Ctx, ref: SendRef, why?: string): Promise<Send> =>
  decided(deps, ctx, ref, (send) => {
    if (send.state === 'paused') return send;
    if (!canPause(send.state)) throw conflict(`${found(send)}; allowed: a send that is under way`);
    return { ...to(ctx, send, 'paused', why), goesOn: send.state };
  });

/** Lets a paused send go on where it was, also after it paused itself. One that is under way already goes on. */
export const resumeSend = (deps: ControlDeps, ctx: Ctx, ref: SendRef, why?: string): Promise<Send> =>
  decided(deps, ctx, ref, (send) => {
    if (canPause(send.state)) return send;
    if (send.state !== 'paused') throw conflict(`${found(send)}; allowed: a send that is paused`);
    const onward = to(ctx, withoutPause(send), send.goesOn ?? 'sending', why);
    return letGoOn(onward, ctx.now, deps.missedAfterMs);
  });

/** Ends a send: who has no message yet gets none. */
export const cancelSend = (deps: ControlDeps, ctx: Ctx, ref: SendRef, why?: string): Promise<Send> =>
  decided(deps, ctx, ref, (send) => {
    if (send.state === 'cancelled') return send;
    if (isFinal(send)) throw conflict(`${found(send)}; allowed: a send that is not over`);
    return to(ctx, send, 'cancelled', why);
  });

/** Lets a held send go out, or ends it. Repeating what was decided changes nothing. */
export const approveSend = (
  deps: ControlDeps,
  ctx: Ctx,
  ref: SendRef,
  decision: 'approve' | 'reject',
  why?: string,
): Promise<Send> =>
  decided(deps, ctx, ref, (send) => {
    const wasHeld = send.history.some(({ state }) => state === 'held');
    if (send.state === 'held') {
      if (decision === 'reject') return to(ctx, send, 'cancelled', why ?? 'rejected');
      return letGoOn(to(ctx, send, 'importing', why ?? 'approved'), ctx.now, deps.missedAfterMs);
    }
    const isSo =
      decision === 'reject' ? send.state === 'cancelled' : !isFinal(send) || send.state === 'completed';
    if (wasHeld && isSo) return send;
    throw conflict(`${found(send)}; allowed: a send that is held`);
  });

/** Changes how fast a send goes, also while it runs; undefined is as fast as possible. */
export const changeRate = (
  deps: ControlDeps,
  ctx: Ctx,
  ref: SendRef,
  ratePerMinute: number | undefined,
): Promise<Send> =>
  decided(deps, ctx, ref, (send) => {
    if (isFinal(send)) throw conflict(`${found(send)}; allowed: a send that is not over`);
    const rate = ratePerMinute ?? 0;
    return send.ratePerMinute === rate ? send : { ...send, ratePerMinute: rate };
  });

/** Writers of one send are few: who loses so often in a row meets something else. */
const MAX_TRIES = 8;

/**
 * Writes what was decided, on the condition that the send is as it was read, then tells the engine. A crash after the write
 * is made up for by the tick, an engine that does not answer by the queue.
 */
async function decided(
  deps: ControlDeps,
  ctx: Ctx,
  ref: SendRef,
  change: (send: Send) => Send,
): Promise<Send> {
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const stored = await sendOf(deps, ctx, ref);
    const next = change(stored.send);
    // Whoever asks again got no answer: what followed the first time may not have happened.
    const written = next === stored.send ? stored : await writtenBy(deps, ctx, stored, next);
    if (written) return carriedOut(deps, ctx, written);
  }
  throw new RepointError('unavailable', `The send ${ref.sendId} is being changed by others; try again`);
}

function writtenBy(
  { sends }: ControlDeps,
  { now }: Ctx,
  stored: StoredSend,
  next: Send,
): Promise<StoredSend | undefined> {
  const untold = liveRun(next) && !isFinal(next) ? { untold: true as const } : {};
  return sends.replace(stored, { ...next, ...untold, dueAt: iso(now + WATCH_MS) });
}

/** The send's row; one that the campaign's row alone knows of is made. */
async function sendOf(deps: ControlDeps, ctx: Ctx, { campaignId, sendId }: SendRef): Promise<StoredSend> {
  const stored = await deps.sends.get(campaignId, sendId);
  if (stored) return stored;
  const campaign = await deps.campaigns.get(campaignId);
  if (campaign?.open[sendId]) await openDue(deps, ctx, campaign);
  const made = await deps.sends.get(campaignId, sendId);
  if (!made) throw notFound(`Campaign "${campaignId}" has no send "${sendId}"`, 'sendId');
  return made;
}

/** Tells the engine now; what cannot be told now is told by the queue. Then the campaign shows the send, and it goes on. */
async function carriedOut(deps: ControlDeps, ctx: Ctx, written: StoredSend): Promise<Send> {
  const { campaignId, id: sendId } = written.send;
  const known = await toldNow(deps, ctx, written).catch(() => written);
  if (!isFinal(known.send)) await showSend(deps, campaignId, sendId);
  await deps.queue.send({ campaignId, sendId, revision: known.revision });
  return known.send;
}

/** Until nobody wrote the send between reading and telling it: of two who decide at once, the engine hears the last. */
async function toldNow(deps: ControlDeps, ctx: Ctx, written: StoredSend): Promise<StoredSend> {
  let known = written;
  for (let tries = 0; tries < MAX_TRIES; tries++) {
    const told = await toldOf(deps, ctx, known.send);
    if (told === known.send) return known;
    const saved = await deps.sends.replace(known, told);
    if (saved) return saved;
    known = (await deps.sends.get(known.send.campaignId, known.send.id)) ?? known;
  }
  return known;
}

async function toldOf(deps: ControlDeps, ctx: Ctx, send: Send): Promise<Send> {
  if (isFinal(send)) return isOpen(send) && send.removedAt === undefined ? close(deps, ctx, send) : send;
  if (!liveRun(send)) return send;
  const says = await deps.versions.get(send.campaignId, send.version);
  return says ? tell(deps, says, send) : send;
}
