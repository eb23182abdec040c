import type { Ctx } from '../../shared/context.ts';
import { RepointError } from '../../shared/errors.ts';
import type { Campaign } from '../campaign.ts';
import { showSend } from '../show-send.ts';
import { announce } from './announce.ts';
import { close, isOpen } from './close.ts';
import { WATCH_MS } from './due.ts';
import { iso, lookedAt, type Stepped, waits } from './moves.ts';
import { secondsUntilNext } from './next-look.ts';
import { type OpenDeps, openDue } from './open-due.ts';
import type { SendMessage, StoredSend, VersionStore } from './ports.ts';
import { type Says, type Send, saysOf } from './send.ts';
import { isFinal } from './send-state.ts';
import { afterProblem, type StepDeps, step } from './step.ts';

export interface AdvanceDeps extends OpenDeps, StepDeps {
  readonly versions: Pick<VersionStore, 'get'>;
}

/** Lists show figures of a running send that are so old at most, and a look. */
const SHOWN_EVERY_MS = 60_000;

/**
 * Moves one send one step on and queues the next step (docs/adr/0003-a-send-is-a-state-machine.md). The outcome is one
 * conditional write; a message about an older revision, and the slower of two workers, do nothing. A message without a
 * send opens what is due of the campaign.
 */
export async function advanceSend(deps: AdvanceDeps, ctx: Ctx, message: SendMessage): Promise<void> {
  const { campaignId, sendId } = message;
  const [campaign, stored] = await Promise.all([
    deps.campaigns.get(campaignId),
    sendId === undefined ? undefined : deps.sends.get(campaignId, sendId),
  ]);
  if (!campaign) return;
  if (sendId === undefined) await openDue(deps, ctx, campaign);
  if (!stored || stored.revision !== (message.revision ?? stored.revision)) return;
  if (isFinal(stored.send)) return settle(deps, ctx, campaign, stored);
  await advance(deps, ctx, campaign, stored);
}

async function advance(deps: AdvanceDeps, ctx: Ctx, campaign: Campaign, stored: StoredSend): Promise<void> {
  const { campaignId, id: sendId } = stored.send;
  const stepped = await stepOf(deps, ctx, campaign, stored.send);
  const shows = isNews(campaign, stepped.send, ctx.now);
  const shown = shows ? { shownAt: iso(ctx.now) } : {};
  const saved = await saveUntilNext(deps, ctx, stored, { ...stepped, send: { ...stepped.send, ...shown } });
  if (!saved) {
    // Somebody decided while the engine was told the opposite: whoever looks now sees which of the two came last.
    if (stored.send.untold) await deps.queue.send({ campaignId, sendId });
    return;
  }
  if (saved.send.state !== stored.send.state) announce(saved.send);
  if (isFinal(saved.send)) return settle(deps, ctx, campaign, saved);
  if (shows) await showSend(deps, campaignId, sendId);
  await queueNext(deps, ctx, saved, stepped);
}

async function stepOf(deps: AdvanceDeps, ctx: Ctx, campaign: Campaign, before: Send): Promise<Stepped> {
  const send = lookedAt(before, ctx.now);
  try {
    const says = await saysNow(deps, campaign, send);
    return withoutProblem(await step(deps, ctx, { campaign, says, send }));
  } catch (error) {
    return afterProblem(ctx, send, error);
  }
}

/** What the send says, which is what its campaign says unless that was edited since. */
async function saysNow({ versions }: AdvanceDeps, campaign: Campaign, { version }: Send): Promise<Says> {
  const says = campaign.version === version ? saysOf(campaign) : await versions.get(campaign.id, version);
  if (!says) throw new RepointError('internal', `Version ${version} of campaign ${campaign.id} was not kept`);
  return says;
}

function withoutProblem({ send: { problem: _, ...send }, waits }: Stepped): Stepped {
  return { send: { ...send, failures: 0 }, waits };
}

/** Written with the moment by which the next step should have happened: until then the tick leaves it alone. */
function saveUntilNext(
  { sends }: AdvanceDeps,
  { now }: Ctx,
  stored: StoredSend,
  stepped: Stepped,
): Promise<StoredSend | undefined> {
  const dueAt = iso(now + secondsUntilNext(now, stepped) * 1000 + WATCH_MS);
  return sends.replace(stored, { ...stepped.send, dueAt });
}

const queueNext = (
  { queue }: AdvanceDeps,
  { now }: Ctx,
  { send: { campaignId, id }, revision }: StoredSend,
  stepped: Stepped,
): Promise<void> =>
  queue.send({ campaignId, sendId: id, revision }, { delaySeconds: secondsUntilNext(now, stepped) });

/** Whether the campaign's row is to show the send anew: another state, or figures that are a minute old. */
function isNews({ open }: Campaign, { id, state, counts, shownAt }: Send, now: number): boolean {
  const shown = open[id];
  if (shown?.state !== state) return true;
  const isOld = shownAt === undefined || now - Date.parse(shownAt) >= SHOWN_EVERY_MS;
  return isOld && shown.sent !== (counts?.sent ?? 0);
}

/**
 * An ended send stays due until the engine has nothing of it in hand and its campaign is listed without it: a crash in
 * between is made up for by the tick.
 */
async function settle(deps: AdvanceDeps, ctx: Ctx, campaign: Campaign, stored: StoredSend): Promise<void> {
  if (stored.send.dueAt === undefined) return;
  const closed = isOpen(stored.send) ? await closedOf(deps, ctx, stored) : stored;
  if (!closed) return;
  await showSend(deps, campaign.id, closed.send.id);
  const { dueAt: _, ...ended } = closed.send;
  await deps.sends.replace(closed, ended);
}

/** The send without a run in hand; undefined while there is one, or when somebody else wrote the send. */
async function closedOf(deps: AdvanceDeps, ctx: Ctx, stored: StoredSend): Promise<StoredSend | undefined> {
  const stepped = await closeOf(deps, ctx, lookedAt(stored.send, ctx.now));
  const saved = await saveUntilNext(deps, ctx, stored, stepped);
  if (!saved || !isOpen(saved.send)) return saved;
  await queueNext(deps, ctx, saved, stepped);
  return undefined;
}

async function closeOf(deps: AdvanceDeps, ctx: Ctx, send: Send): Promise<Stepped> {
  try {
    return withoutProblem(waits(await close(deps, ctx, send)));
  } catch (error) {
    const problem = error instanceof Error ? error.message : String(error);
    // Never given up: messages may be going out.
    return waits({ ...send, failures: send.failures + 1, problem });
  }
}
