import type { Ctx } from '../../shared/context.ts';
import { cancelledRest, counted } from './counts.ts';
import { iso } from './moves.ts';
import type { PinpointControls, PinpointProgress } from './ports.ts';
import { liveRun, type Send, withRun } from './send.ts';

/** The engine settles what is left of a deleted run within a minute or two; longer than this nobody waits for its counts. */
const SETTLES_WITHIN_MS = 10 * 60_000;

/** Whether the engine still has a run of a send that is over. */
export const isOpen = (send: Send): boolean => liveRun(send) !== undefined;

/**
 * Takes the run of a cancelled or failed send away, and waits for its counts: calls that were on their way end, everybody
 * else is skipped. Answers the send as it then is, with its run `ended` when nothing more is to be done.
 */
export async function close(
  { pinpoint }: { readonly pinpoint: PinpointProgress & PinpointControls },
  ctx: Ctx,
  send: Send,
): Promise<Send> {
  const run = liveRun(send);
  if (!run) return send;
  const { pinpointCampaignId: id } = run;
  if (send.removedAt === undefined) {
    await pinpoint.remove(id);
    return { ...send, removedAt: iso(ctx.now) };
  }
  const { counts } = await pinpoint.progress(id);
  const seen = counted(send, counts, ctx.now);
  if (counts.open > 0 && ctx.now < Date.parse(send.removedAt) + SETTLES_WITHIN_MS) return seen;
  const { removedAt: _, ...settled } = withRun(seen, { ended: true });
  return counted(settled, cancelledRest(counts), ctx.now);
}
