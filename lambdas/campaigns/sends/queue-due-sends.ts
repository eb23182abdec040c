import type { Ctx } from '../../shared/context.ts';
import { inParallel } from '../../shared/parallel.ts';
import { DUE_SHARDS, WATCH_MS } from './due.ts';
import type { DueRow, DueStore, SendMessage, SendQueue } from './ports.ts';

/** Rows of one shard looked at, claimed and queued in one go. */
const PER_LOOK = 100;
/** Shards worked on side by side. */
const AT_ONCE = 16;
/** Before the function's time runs out the rest is left to the next tick: what is claimed must be queued. */
const RESERVE_MS = 10_000;

export interface TickDeps {
  readonly due: DueStore;
  readonly queue: SendQueue;
  /** Epoch milliseconds. */
  readonly clock: () => number;
}

/**
 * Puts every due campaign and send on the queue (spec §4: claimed by conditional write). A doubled tick finds the rows
 * claimed; a claim whose message is lost comes due again. Answers how many were queued.
 */
export async function queueDueSends(deps: TickDeps, ctx: Ctx): Promise<number> {
  const shards = Array.from({ length: DUE_SHARDS }, (_, shard) => String(shard));
  const queued = await inParallel(shards, AT_ONCE, (shard) => queueShard(deps, ctx, shard));
  return queued.reduce((sum, count) => sum + count, 0);
}

/** Until the shard has nothing more, or there is no more time. */
async function queueShard(deps: TickDeps, ctx: Ctx, shard: string): Promise<number> {
  let queued = 0;
  for (;;) {
    const rows = await deps.due.due(shard, ctx.now, PER_LOOK);
    const claimed = await Promise.all(rows.map((row) => claimedBy(deps, ctx, row)));
    const messages = claimed.filter((message) => message !== undefined);
    if (messages.length > 0) await deps.queue.sendAll(messages);
    queued += messages.length;
    // The index lags: rows of which none could be claimed any more are those of the look before.
    const isLast = rows.length < PER_LOOK || messages.length === 0;
    if (isLast || deps.clock() > ctx.deadline - RESERVE_MS) return queued;
  }
}

async function claimedBy({ due }: TickDeps, { now }: Ctx, row: DueRow): Promise<SendMessage | undefined> {
  const claim = await due.claim(row, now + WATCH_MS);
  if (claim === false) return undefined;
  const { campaignId, sendId } = row;
  return { campaignId, ...(sendId === undefined ? {} : { sendId }), ...claim };
}
