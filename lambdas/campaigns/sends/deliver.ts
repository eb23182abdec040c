import type { Ctx } from '../../shared/context.ts';
import { took } from '../../shared/telemetry.ts';
import { counted, hasMoved } from './counts.ts';
import { isTooLate } from './lateness.ts';
import { failed, progressed, type Stepped, to, waiting, waits, went } from './moves.ts';
import type { PinpointCampaigns, Progress } from './ports.ts';
import { currentRun, liveRun, type Says, type Send, withRun } from './send.ts';
import { type TellDeps, tell } from './tell.ts';

export interface DeliverDeps extends TellDeps {
  readonly pinpoint: PinpointCampaigns;
}

interface Subject {
  readonly says: Says;
  readonly send: Send;
}

/** Lets the send's run go, watches it, and shows what the engine makes of it. */
export async function deliver(deps: DeliverDeps, ctx: Ctx, { says, send }: Subject): Promise<Stepped> {
  if (send.untold) return told(deps, ctx, says, send);
  const run = currentRun(send);
  if (!run) return failed(ctx, send, 'it is sending without a run');
  const found = await deps.pinpoint.progress(run.pinpointCampaignId);
  const seen = withCounts(ctx, send, found);
  switch (found.state) {
    case 'waiting':
      // It was told, and the engine does not know: it is told again.
      return waits({ ...send, untold: true });
    case 'running':
      return waiting(ctx, seen);
    case 'paused':
      return waits({ ...to(ctx, seen, 'paused', whyPaused(found.reason, seen)), goesOn: 'sending' });
    case 'completed':
      return ended(ctx, says, withRun(seen, { ended: true }));
    case 'failed':
      return failed(ctx, withRun(seen, { ended: true }), found.reason ?? 'the engine gave no reason');
    case 'gone':
      return failed(
        ctx,
        withRun(send, { ended: true }),
        'its Pinpoint campaign was deleted by somebody else',
      );
  }
}

/** From here on messages go out. A run that could not begin for so long that its time is over does not begin any more. */
async function told(deps: DeliverDeps, ctx: Ctx, says: Says, send: Send): Promise<Stepped> {
  if (!hasBegun(send) && isTooLate(Date.parse(send.startBy), ctx.now, 0)) {
    const run = currentRun(send);
    const { state } = run ? await deps.pinpoint.progress(run.pinpointCampaignId) : { state: 'gone' as const };
    // What was taken away before it began has sent nothing and never will.
    if (run && state === 'waiting') await deps.pinpoint.remove(run.pinpointCampaignId);
    if (state === 'waiting' || state === 'gone')
      return went(to(ctx, withRun(send, { ended: true }), 'missed', 'it could not begin in time'));
  }
  return waits(progressed(await tell(deps, says, send)));
}

const hasBegun = ({ runs }: Send): boolean => runs.some(({ begun }) => begun);

/** The run is over: a test is followed by a decision and the rest, anything else is the end. */
function ended(ctx: Ctx, says: Says, send: Send): Stepped {
  if (currentRun(send)?.part === 'test' && says.winner) return waits(to(ctx, send, 'deciding'));
  return went(to(ctx, send, 'completed'));
}

function withCounts(ctx: Ctx, send: Send, { counts }: Progress): Send {
  const seen = counted(send, counts, ctx.now);
  timeFirst(ctx, send, seen);
  return hasMoved(send.counts, seen.counts) ? progressed(seen) : seen;
}

/** How long it took to the first message, of a send that nobody held up: each way has a budget of its own (docs/segments.md, "From request to first message"). */
function timeFirst(ctx: Ctx, before: Send, seen: Send): void {
  if ((before.counts?.sent ?? 0) > 0 || (seen.counts?.sent ?? 0) === 0) return;
  const heldUp = before.history.some(({ state }) => state === 'held' || state === 'paused');
  const [first] = before.history;
  const name = before.list?.byAthena ? 'SendFirstMessageAthena' : 'SendFirstMessage';
  if (!heldUp && first !== undefined) took(name, ctx.now - Date.parse(first.at));
}

function whyPaused(reason: string | undefined, { counts }: Send): string {
  if (reason !== 'FAILURES') return 'its run was paused through the Pinpoint API';
  const { sent = 0, failed: broken = 0, uncertain = 0 } = counts ?? {};
  return `more than 10 % failed: ${broken + uncertain} of ${sent + broken + uncertain} messages`;
}

/** A send that rests is looked at as well: the engine rests with it, and what was on its way ends. */
export async function rest(deps: DeliverDeps, ctx: Ctx, { says, send }: Subject): Promise<Stepped> {
  const pausedAt = Date.parse(send.history.at(-1)?.at ?? send.lookedAt);
  if (ctx.now - pausedAt > LONGEST_PAUSE_MS)
    return went(to(ctx, send, 'cancelled', 'nobody let it go on for 30 days'));
  if (send.untold) return waits(await tell(deps, says, send));
  const run = liveRun(send);
  if (!run) return waits(send);
  const found = await deps.pinpoint.progress(run.pinpointCampaignId);
  if (found.state === 'running') return waits({ ...send, untold: true });
  // Nothing was left to hold back: the next look finds how it ended.
  const isOver = found.state !== 'paused' && found.state !== 'waiting';
  if (isOver) return went(to(ctx, withoutPause(send), 'sending', 'its run ended before it could rest'));
  return waits(found.state === 'paused' ? withCounts(ctx, send, found) : send);
}

const LONGEST_PAUSE_MS = 30 * 24 * 60 * 60 * 1000;

export function withoutPause({ goesOn: _, ...send }: Send): Send {
  return send;
}
