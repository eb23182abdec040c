import type { Ctx } from '../../shared/context.ts';
import { HOUR_MS, MINUTE_MS } from '../../shared/durations.ts';
import type { Send } from './send.ts';
import { moved, type SendState } from './send-state.ts';

/** What a step makes of a send. Pure. */
export interface Stepped {
  readonly send: Send;
  /** Whether it now waits for something outside. */
  readonly waits: boolean;
}

/**
 * How long a send may show no progress in a state before it has failed. A running one may rest through a night (until
 * 08:00), through a provider that throttles (a day) and behind the kill switch over a weekend.
 */
const STUCK_AFTER_MS: Readonly<Partial<Record<SendState, number>>> = {
  resolving: 2 * HOUR_MS,
  importing: 2 * HOUR_MS,
  sending: 72 * HOUR_MS,
  deciding: 24 * HOUR_MS,
};
/** Of the time between two looks this much counts: nobody looked during an outage, and a clock that leaps says nothing. */
const LONGEST_COUNTED_MS = 15 * MINUTE_MS;

export const iso = (ms: number): string => new Date(ms).toISOString();

/** The send in its next state. */
export function to(ctx: Ctx, send: Send, state: SendState, why?: string): Send {
  const change = { at: ctx.now, by: ctx.actor, ...(why === undefined ? {} : { why }) };
  return { ...moved(send, state, change), idleMs: 0 };
}

export const went = (send: Send): Stepped => ({ send, waits: false });
export const waits = (send: Send): Stepped => ({ send, waits: true });

export const failed = (ctx: Ctx, send: Send, why: string): Stepped => went(to(ctx, send, 'failed', why));

/** Looked at once more. */
export function lookedAt(send: Send, now: number): Send {
  const since = Math.max(0, now - Date.parse(send.lookedAt));
  return { ...send, lookedAt: iso(now), idleMs: send.idleMs + Math.min(since, LONGEST_COUNTED_MS) };
}

export const progressed = (send: Send): Send => ({ ...send, idleMs: 0 });

/** Whether it was looked at for too long without progress, and for how long. */
export function stuckFor({ state, idleMs, winner }: Send): string | undefined {
  // Until there is a winner a test waits for its results, which has a deadline of its own.
  const waitsForResults = state === 'deciding' && !winner;
  const limit = (waitsForResults ? undefined : STUCK_AFTER_MS[state]) ?? Number.POSITIVE_INFINITY;
  return idleMs > limit
    ? `no progress for ${Math.round(idleMs / MINUTE_MS)} minutes while ${state}`
    : undefined;
}

/** Still waiting; too long without progress is a failure that says what it waited for. */
export function waiting(ctx: Ctx, send: Send): Stepped {
  const stuck = stuckFor(send);
  return stuck === undefined ? waits(send) : failed(ctx, send, stuck);
}

/** Somebody lets it go on: what was to begin by now may begin as late as it might have at its time. */
export const letGoOn = (send: Send, now: number, windowMs: number): Send => ({
  ...send,
  startBy: iso(Math.max(Date.parse(send.startBy), now + windowMs)),
});
