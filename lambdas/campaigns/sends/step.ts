import type { Ctx } from '../../shared/context.ts';
import { RepointError } from '../../shared/errors.ts';
import type { Campaign } from '../campaign.ts';
import { type ChooseDeps, choose } from './choose.ts';
import { deliver, rest } from './deliver.ts';
import { hold } from './hold.ts';
import { importList } from './import-list.ts';
import { isTooLate, tooLate } from './lateness.ts';
import { failed, type Stepped, stuckFor, to, waits, went } from './moves.ts';
import { type ResolveDeps, resolve } from './resolve.ts';
import type { Says, Send } from './send.ts';
import type { SendState } from './send-state.ts';
import { start } from './start.ts';

export interface StepDeps extends ResolveDeps, ChooseDeps {
  /** A send this late after its time is not begun any more. */
  readonly missedAfterMs: number;
}

export interface Subject {
  readonly campaign: Campaign;
  readonly says: Says;
  readonly send: Send;
}

/** States in which nothing was sent yet and nobody has to decide. */
const BEFORE: readonly SendState[] = ['scheduled', 'resolving', 'importing'];

/**
 * One step of a send. Every request it makes outside carries a key that follows from the send's id, so that a step
 * taken twice (a crash before its outcome was written) is taken once.
 */
export function step(deps: StepDeps, ctx: Ctx, subject: Subject): Promise<Stepped> | Stepped {
  const { send } = subject;
  const { state, startBy, scheduledFor } = send;
  if (BEFORE.includes(state) && isTooLate(Date.parse(startBy), ctx.now, 0))
    return went(to(ctx, send, 'missed', tooLate(scheduledFor, ctx.now, deps.missedAfterMs)));
  switch (state) {
    case 'scheduled':
      return start(deps, ctx, subject);
    case 'resolving':
      return resolve(deps, ctx, subject);
    case 'held':
      return hold(ctx, send, deps.missedAfterMs);
    case 'importing':
      return importList(deps, ctx, subject);
    case 'sending':
      return deliver(deps, ctx, subject);
    case 'paused':
      return rest(deps, ctx, subject);
    case 'deciding':
      return choose(deps, ctx, subject);
    case 'completed':
    case 'failed':
    case 'cancelled':
    case 'missed':
      return went(send);
  }
}

/** Codes of errors that another try may get past. */
const PASSING = new Set(['too_many', 'unavailable', 'internal', 'conflict']);

/** The send after a step that threw: tried again until its state has lasted too long, or failed when that cannot help. */
export function afterProblem(ctx: Ctx, send: Send, error: unknown): Stepped {
  const problem = error instanceof Error ? error.message : String(error);
  const passing = !(error instanceof RepointError) || PASSING.has(error.code);
  if (!passing) return failed(ctx, send, problem);
  const failures = send.failures + 1;
  const stuck = stuckFor(send);
  if (stuck !== undefined) return failed(ctx, send, `${stuck}, after ${failures} tries: ${problem}`);
  return waits({ ...send, failures, problem });
}
