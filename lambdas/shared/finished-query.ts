import type { Ctx } from './context.ts';
import { RepointError } from './errors.ts';
import type { Queries } from './queries.ts';

interface WaitDeps {
  readonly queries: Pick<Queries, 'state'>;
  readonly time: { now(): number; sleep(ms: number): Promise<void> };
}

const POLL_MS = { first: 200, longest: 5_000 } as const;

/** Waits until a statement is through. `what` says what it does ("compacts a partition") to who reads that it failed, or did not end in the caller's time. */
export async function finished(
  { queries, time }: WaitDeps,
  ctx: Ctx,
  queryId: string,
  what: string,
): Promise<void> {
  for (let waitMs: number = POLL_MS.first; ; waitMs = Math.min(waitMs * 1.5, POLL_MS.longest)) {
    const answer = await queries.state(queryId);
    if (answer.state === 'succeeded') return;
    if (answer.state === 'failed')
      throw new RepointError('unavailable', `The query that ${what} failed: ${answer.reason}`);
    if (time.now() + waitMs > ctx.deadline)
      throw new RepointError('unavailable', `The query that ${what} did not end in time`);
    await time.sleep(waitMs);
  }
}
