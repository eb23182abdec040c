import type { Ctx } from '../../shared/context.ts';
import { iso, type Stepped, to, waits, went } from './moves.ts';
import type { Send } from './send.ts';

/** A send that nobody approved in time is missed: what it says may be true no more. `windowMs`: as late as a send may begin. */
export function hold(ctx: Ctx, send: Send, windowMs: number): Stepped {
  const heldSince = Date.parse(send.history.at(-1)?.at ?? iso(ctx.now));
  if (ctx.now - heldSince < windowMs) return waits(send);
  return went(to(ctx, send, 'missed', `nobody approved it within ${Math.round(windowMs / 60_000)} minutes`));
}
