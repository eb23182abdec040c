import type { Ctx } from '../../shared/context.ts';
import { DUE_SHARDS, WATCH_MS } from './due.ts';
import type { DueRow, DueStore, SendMessage, SendQueue } from './ports.ts';

/** Rows of one shard looked at in one tick; the rest is found by the next. */
const PER_SHARD = 200;
/** Shards asked side by side. */
const AT_ONCE = 16;

interface Deps {
  readonly due: DueStore;
  readonly queue: SendQueue;
}

/**
 * Puts every due send on the queue (spec §4: claimed by conditional write). A doubled tick finds the rows claimed; a
 * claim whose message is lost comes due again. Answers how many were queued.
 */
export async function queueDueSends(deps: Deps, ctx: Ctx): Promise<number> {
  const shards = Array.from({ length: DUE_SHARDS }, (_, shard) => String(shard));
  let queued = 0;
  for (let from = 0; from < shards.length; from += AT_ONCE) {
    const found = await Promise.all(
      shards.slice(from, from + AT_ONCE).map((shard) => deps.due.due(shard, ctx.now, PER_SHARD)),
    );
    const claimed = await Promise.all(found.flat().map((row) => messageFor(deps, ctx, row)));
    const messages = claimed.filter((message) => message !== undefined);
    if (messages.length > 0) await deps.queue.sendAll(messages);
    queued += messages.length;
  }
  return queued;
}

async function messageFor({ due }: Deps, ctx: Ctx, row: DueRow): Promise<SendMessage | undefined> {
  const claim = await due.claim(row, ctx.now + WATCH_MS);
  if (claim === false) return undefined;
  const { campaignId, sendId } = row;
  return { campaignId, ...(sendId === undefined ? {} : { sendId }), ...claim };
}
