import type { Ctx } from '../../shared/context.ts';
import type { Campaign, SendSummary } from '../campaign.ts';
import type { CampaignStore } from '../ports.ts';
import { replaced } from '../replaced.ts';
import { watched, withSend } from '../standing.ts';
import { announce } from './announce.ts';
import { WATCH_MS } from './due.ts';
import { tooLate } from './lateness.ts';
import { opening, unopened } from './opening.ts';
import type { SendQueue, SendStore } from './ports.ts';
import { newSend, type Send } from './send.ts';
import { moved } from './send-state.ts';

export interface OpenDeps {
  readonly campaigns: CampaignStore;
  readonly sends: SendStore;
  readonly queue: SendQueue;
  /** A send this late after its time is not begun any more. */
  readonly missedAfterMs: number;
}

/**
 * Opens what is due of a campaign: the latest occurrence goes on the queue, without waiting for a tick, those before it
 * are recorded as missed (spec §4). The campaign's row is the commit; a crash after it is made up for by the tick.
 * Repeating it changes nothing. Answers the campaign as it then is.
 */
export async function openDue(deps: OpenDeps, ctx: Ctx, campaign: Campaign): Promise<Campaign> {
  const { committed, opens } = await commit(deps, ctx, campaign);
  const waiting = unopened(committed);
  const created = [];
  for (const summary of waiting) created.push(await madeOf(deps, ctx, committed, summary));
  const missed = created.filter(({ state }) => state === 'missed');
  // Without a missed one the send's first step shows itself, and with it ends the watch.
  const isWatched = opens || watched(committed).dueAt === committed.dueAt;
  if (isWatched && missed.length === 0) return committed;
  const after = await replaced(deps.campaigns, campaign.id, (read) => watched(missed.reduce(withSend, read)));
  await goOn(deps, ctx, after);
  return after ?? committed;
}

/** Moves `next` past what is due, on the row as it is; `opens` tells whether this call did. */
async function commit(
  { campaigns, missedAfterMs }: OpenDeps,
  { now }: Ctx,
  campaign: Campaign,
): Promise<{ committed: Campaign; opens: boolean }> {
  let opens = false;
  const decide = (read: Campaign): Campaign => {
    const next = opening(read, now, missedAfterMs);
    opens = next !== read;
    return next;
  };
  const first = decide(campaign);
  const written = opens ? await campaigns.replace(first) : campaign;
  const committed = written ?? (await replaced(campaigns, campaign.id, decide)) ?? campaign;
  return { committed, opens };
}

/** The send's row, made when it is not there; the send is queued by whoever makes it. */
async function madeOf(
  { sends, queue, missedAfterMs: windowMs }: OpenDeps,
  { now, actor }: Ctx,
  campaign: Campaign,
  { state, scheduledFor }: SendSummary,
): Promise<Send> {
  const send = newSend(campaign, scheduledFor, { at: now, by: actor, windowMs });
  if (state === 'missed') {
    const missed = moved(send, 'missed', {
      at: now,
      by: actor,
      why: whyMissed(campaign, send, now, windowMs),
    });
    if (await sends.create(missed)) announce(missed);
    return missed;
  }
  const created = await sends.create({ ...send, dueAt: new Date(now + WATCH_MS).toISOString() });
  if (created) await queue.send({ campaignId: campaign.id, sendId: send.id, revision: created.revision });
  return created?.send ?? send;
}

function whyMissed({ open }: Campaign, { scheduledFor }: Send, now: number, windowMs: number): string {
  const later = Object.values(open).find(
    (other) => other.state !== 'missed' && other.scheduledFor > scheduledFor,
  );
  if (later) return `its next time, ${later.scheduledFor}, had come as well`;
  return tooLate(scheduledFor, now, windowMs);
}

/** More had come due than is recorded in one go. */
async function goOn(deps: OpenDeps, { now }: Ctx, campaign: Campaign | undefined): Promise<void> {
  if (campaign && opening(campaign, now, deps.missedAfterMs) !== campaign)
    await deps.queue.send({ campaignId: campaign.id });
}
