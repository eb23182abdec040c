import type { Ctx } from '../../shared/context.ts';
import { cancelledRest, counted } from './counts.ts';
import { iso } from './moves.ts';
import type { PinpointCampaigns } from './ports.ts';
import { liveRun, type Send, withRun } from './send.ts';

/** Calls that were on their way when a run was told to rest have ended by then. */
const SETTLES_WITHIN_MS = 10_000;

/** Whether the engine still has a run of a send that is over. */
export const isOpen = (send: Send): boolean => liveRun(send) !== undefined;

/**
 * Takes the run of a cancelled or failed send away. It rests first, so that its counts are known before they go with it;
 * answers the send as it then is, with its run `ended` when nothing more is to be done.
 */
export async function close(
  { pinpoint }: { readonly pinpoint: PinpointCampaigns },
  ctx: Ctx,
  send: Send,
): Promise<Send> {
  const run = liveRun(send);
  if (!run) return send;
  const { pinpointCampaignId: id } = run;
  if (send.restsSince === undefined) {
    await pinpoint.steer(id, { rests: true });
    return { ...send, restsSince: iso(ctx.now) };
  }
  if (ctx.now < Date.parse(send.restsSince) + SETTLES_WITHIN_MS) return send;
  const { restsSince: _, ...settled } = send;
  const { state, counts } = await pinpoint.progress(id);
  const last = state === 'gone' ? run.counts : counts;
  if (state !== 'completed' && state !== 'gone') await pinpoint.remove(id);
  const ended = withRun(settled, { ended: true });
  return last === undefined ? ended : counted(ended, cancelledRest(last), ctx.now);
}
