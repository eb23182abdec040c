import { inParallel } from '../../shared/parallel.ts';
import { CAMPAIGN_PREFIX, type CampaignRow, DUE_SHARDS } from '../campaigns/campaign.ts';
import type { Registry } from '../ports.ts';
import { type LaneDeps, queueLanes } from '../runs/lanes.ts';
import type { RunStore } from '../runs/ports.ts';
import type { RunRow } from '../runs/run.ts';

/** Shards asked side by side. */
const SHARDS_AT_ONCE = 8;
/** Campaigns of a shard at most; a tick sees to what is beyond. */
const PER_SHARD = 1000;
/** A tick looks at every campaign with a run within the hour (campaigns/tick.ts); later ones have not begun. */
const AHEAD_MS = 24 * 60 * 60_000;

export interface WakeDeps extends LaneDeps {
  readonly registry: Pick<Registry, 'due'>;
  readonly runs: Pick<RunStore, 'get' | 'slices'>;
}

/** A cancelled run has people left to tell in the ledger. */
const mayGoOn = ({ state, paused }: RunRow): boolean =>
  state === 'CANCELLED' || (state === 'RUNNING' && paused === undefined);

/** Queues lanes for every run that may go on, and returns how many runs there were. Safe to repeat: lanes too many do no harm. */
export async function wakeRuns(deps: WakeDeps, now: number): Promise<number> {
  const shards = Array.from({ length: DUE_SHARDS }, (_, shard) => String(shard));
  const woken = await inParallel(shards, SHARDS_AT_ONCE, async (shard) => {
    const due = await deps.registry.due<CampaignRow>(shard, now + AHEAD_MS, PER_SHARD);
    let runs = 0;
    for (const { row } of due.filter(({ key }) => key.sk.startsWith(CAMPAIGN_PREFIX))) {
      const run = row.status === 'SCHEDULED' ? undefined : await deps.runs.get(row.activityId);
      if (!run || !mayGoOn(run)) continue;
      await queueLanes(deps, run, now);
      runs += 1;
    }
    return runs;
  });
  return woken.reduce((sum, runs) => sum + runs, 0);
}
