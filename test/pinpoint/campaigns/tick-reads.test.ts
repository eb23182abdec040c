import { describe, expect, it } from 'vitest';
import { type CampaignRow, campaignKey, dueAt } from '../../../lambdas/pinpoint/campaigns/campaign.ts';
import { tick } from '../../../lambdas/pinpoint/campaigns/tick.ts';
import { resolveRun } from '../../../lambdas/pinpoint/runs/resolve-run.ts';
import { resting } from '../../../lambdas/pinpoint/runs/show-pause.ts';
import { pushUser, RUN, START, type World, worldOf } from '../runs/support/world.ts';

const MINUTE = 60_000;
const names = Array.from({ length: 2500 }, (_, n) => `u${n}`);
const audience = { lines: names.map((u) => ({ u })), users: new Map(names.map((name) => pushUser(name))) };
const lane = { activityId: RUN.activityId, epoch: 1 };

async function running(maximumDuration?: number): Promise<World> {
  const request = maximumDuration ? { Limits: { MaximumDuration: maximumDuration } } : {};
  const world = await worldOf({ ...audience, request });
  await resolveRun(world.deps(), world.ctx(), RUN);
  world.sliceQueue.length = 0;
  return world;
}
/** As UpdateCampaign pauses it. */
async function paused(world: World): Promise<void> {
  const stored = await world.registry.get<CampaignRow>(campaignKey(RUN.appId, RUN.campaignId));
  if (!stored) throw new Error('There is no campaign');
  const due = dueAt(RUN.campaignId, world.ctx().now + MINUTE);
  await world.registry.replace(stored, resting(stored.row), due);
  await world.runs.control(RUN.activityId, { paused: 'REQUESTED' });
}
/** So many minutes of ticks, and what they read. */
async function ticked(world: World, minutes: number, eachMinute = async () => {}) {
  const read = { runs: 0, slices: 0 };
  const deps = world.deps();
  const counting = {
    ...deps,
    runs: {
      ...deps.runs,
      get: (id: string) => {
        read.runs += 1;
        return deps.runs.get(id);
      },
      slices: (id: string) => {
        read.slices += 1;
        return deps.runs.slices(id);
      },
    },
  };
  for (let minute = 0; minute < minutes; minute++) {
    world.advance(MINUTE);
    await eachMinute();
    await tick(counting, world.ctx());
  }
  return read;
}
const granted = (world: World) =>
  world.runs.grant(RUN.activityId, {
    ...{ epoch: 1, now: world.ctx().now, costMs: 0, ahead: false, horizonMs: 2500, tried: 0, failed: 0 },
  });

describe('a tick', () => {
  it('leaves the slices of a run alone that moves', async () => {
    const world = await running();
    const read = await ticked(world, 30, () => granted(world).then(() => undefined));
    expect(read.slices).toBe(0);
    expect(read.runs).toBeGreaterThanOrEqual(30);
    expect(world.sliceQueue).toEqual([]);
  });

  it('leaves those of a run alone that rests, and looks at it less and less often', async () => {
    const world = await running();
    await paused(world);
    const read = await ticked(world, 24 * 60);
    expect(read.slices).toBe(0);
    expect(read.runs).toBeLessThan(2 * 24 * 2 + 20);
    expect(world.sliceQueue).toEqual([]);
  });

  it('reads them once for a run that stands still', async () => {
    const world = await running();
    await world.runs.nextSlice(RUN.activityId);
    const read = await ticked(world, 1);
    expect(world.sliceQueue).toEqual([{ ...lane, slice: 1 }, lane, lane]);
    expect(read.slices).toBe(1);
  });
});

describe('a run that rests when its MaximumDuration is over', () => {
  it('gets lanes for whoever is left within a minute, and nobody has to resume it', async () => {
    const duration = 10 * 60 * MINUTE + 30_000;
    const world = await running(duration / 1000);
    await paused(world);
    await ticked(world, Math.floor(duration / MINUTE));
    expect(world.ctx().now).toBeLessThan(START + duration);
    expect(world.sliceQueue).toEqual([]);
    await ticked(world, 1);
    expect(world.sliceQueue).toEqual([2, 2, 2].map((epoch) => ({ ...lane, epoch })));
  });
});
