import type { Ctx } from './context.ts';
import { RepointError } from './errors.ts';
import type { Queries, QueryState } from './queries.ts';
import type { Time } from './time.ts';
import { type Patience, watched } from './watched.ts';

interface WaitDeps {
  readonly queries: Pick<Queries, 'state'>;
  readonly time: Time;
}

const POLL_MS = { first: 200, longest: 5_000 } as const;

/** How a statement ended, or `running` when it did not while patience lasted. */
export const watchedQuery = (
  { queries, time }: WaitDeps,
  queryId: string,
  patience: Patience,
): Promise<QueryState> =>
  watched(time, patience, {
    look: () => queries.state(queryId),
    isOver: ({ state }) => state !== 'running',
  });

/** Waits until a statement is through. `what` says what it does ("compacts a partition") to who reads that it failed, or did not end in the caller's time. */
export async function finished(deps: WaitDeps, ctx: Ctx, queryId: string, what: string): Promise<void> {
  const answer = await watchedQuery(deps, queryId, { until: ctx.deadline, pollMs: POLL_MS });
  if (answer.state === 'succeeded') return;
  if (answer.state === 'failed')
    throw new RepointError('unavailable', `The query that ${what} failed: ${answer.reason}`);
  throw new RepointError('unavailable', `The query that ${what} did not end in time`);
}
