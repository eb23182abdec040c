import type { Ctx } from '../../shared/context.ts';
import type { Campaign } from '../campaign.ts';
import type { SendMessage, StoredSend } from '../ports.ts';
import { showSend } from '../show-send.ts';
import { WATCH_MS } from './due.ts';
import { type OpenDeps, openSend } from './open-send.ts';
import type { Send } from './send.ts';
import { isFinal } from './send-state.ts';
import { afterProblem, type StepDeps, type Stepped, step } from './step.ts';

export type AdvanceDeps = OpenDeps & StepDeps;

const LONGEST_RETRY_SECONDS = 60;
/** Seconds until the next look, by how long the send has been in its state: quick at first, calm in a long send. */
const LOOKS: readonly { readonly upToMs: number; readonly seconds: number }[] = [
  { upToMs: 15_000, seconds: 1 },
  { upToMs: 2 * 60_000, seconds: 2 },
  { upToMs: 10 * 60_000, seconds: 5 },
  { upToMs: Number.POSITIVE_INFINITY, seconds: 15 },
];

/**
 * Moves one send one step on and queues the next step (docs/adr/0003-a-send-is-a-state-machine.md). The outcome is one
 * conditional write; a message about an older revision, and the slower of two workers, do nothing.
 */
export async function advanceSend(deps: AdvanceDeps, ctx: Ctx, message: SendMessage): Promise<void> {
  const campaign = await deps.campaigns.get(message.campaignId);
  if (!campaign) return;
  if (message.sendId === undefined) {
    await openSend(deps, ctx.now, campaign);
    return;
  }
  const stored = await deps.sends.get(campaign.id, message.sendId);
  if (!stored || stored.revision !== (message.revision ?? stored.revision)) return;
  if (isFinal(stored.send)) return settle(deps, campaign, stored);
  if (stored.send.state === 'scheduled' && Date.parse(stored.send.scheduledFor) > ctx.now) return;
  await advance(deps, ctx, campaign, stored);
}

async function advance(deps: AdvanceDeps, ctx: Ctx, campaign: Campaign, stored: StoredSend): Promise<void> {
  const { send } = stored;
  const stepped = await attempted(deps, ctx, campaign, send);
  const delaySeconds = secondsUntilNext(ctx, stepped);
  const dueAt = new Date(ctx.now + delaySeconds * 1000 + WATCH_MS).toISOString();
  const saved = await deps.sends.replace(stored, { ...stepped.send, dueAt });
  if (!saved) return;
  if (isFinal(saved.send)) return settle(deps, campaign, saved);
  if (campaign.open[send.id]?.state !== saved.send.state) await showSend(deps, campaign.id, send.id);
  const next = { campaignId: campaign.id, sendId: send.id, revision: saved.revision };
  await deps.queue.send(next, { delaySeconds });
}

async function attempted(deps: AdvanceDeps, ctx: Ctx, campaign: Campaign, send: Send): Promise<Stepped> {
  try {
    const stepped = await step(deps, ctx, campaign, send);
    const { problem: _, ...sound } = stepped.send;
    return { ...stepped, send: { ...sound, failures: 0 } };
  } catch (error) {
    return afterProblem(ctx, send, error);
  }
}

/** An ended send stays due until its campaign is listed as ended: a crash in between is made up for by the tick. */
async function settle(deps: AdvanceDeps, campaign: Campaign, stored: StoredSend): Promise<void> {
  await showSend(deps, campaign.id, stored.send.id);
  const { dueAt: _, ...ended } = stored.send;
  await deps.sends.replace(stored, ended);
}

function secondsUntilNext(ctx: Ctx, { send, waits }: Stepped): number {
  if (!waits) return 0;
  if (send.failures > 0) return Math.min(LONGEST_RETRY_SECONDS, 2 ** send.failures);
  const enteredAt = Date.parse(send.history.at(-1)?.at ?? send.progressAt);
  return LOOKS.find(({ upToMs }) => ctx.now - enteredAt < upToMs)?.seconds ?? LONGEST_RETRY_SECONDS;
}
