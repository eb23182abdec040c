import { describe, expect, it } from 'vitest';
import { campaignKey, dueAt } from '../../../lambdas/pinpoint/campaigns/campaign.ts';
import { deleteCampaign } from '../../../lambdas/pinpoint/campaigns/delete-campaign.ts';
import { tick } from '../../../lambdas/pinpoint/campaigns/tick.ts';
import type { SliceHold } from '../../../lambdas/pinpoint/runs/ports.ts';
import { resolveRun } from '../../../lambdas/pinpoint/runs/resolve-run.ts';
import { pushUser, RUN, START, type World, worldOf } from '../runs/support/world.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;
const names = Array.from({ length: 2500 }, (_, n) => `u${n}`);
const audience = { lines: names.map((u) => ({ u })), users: new Map(names.map((name) => pushUser(name))) };

const ticked = (world: World) => tick(world.deps(), world.ctx());
async function running(): Promise<World> {
  const world = await worldOf(audience);
  await resolveRun(world.deps(), world.ctx(), RUN);
  return world;
}
const holdOf = (number: number): SliceHold => ({ activityId: RUN.activityId, number, owner: 'worker' });
async function ended(world: World, number: number): Promise<void> {
  const slice = await world.runs.takeSlice(holdOf(number), world.ctx().now, world.ctx().now + 1000);
  await world.runs.finish(holdOf(number), 's'.repeat(slice?.entries ?? 0));
  await world.runs.countDone(RUN.activityId);
}

describe('the tick', () => {
  it('leaves a campaign alone whose time has not come', async () => {
    const world = await worldOf({ lines: [], startAt: START + HOUR });
    world.advance(HOUR - 1);
    await ticked(world);
    expect(world.runQueue).toEqual([]);
    expect((await world.campaign())?.status).toBe('SCHEDULED');
  });

  it('starts a due campaign once, however many ticks come at once', async () => {
    const world = await worldOf({ lines: [], startAt: START + HOUR });
    world.advance(HOUR);
    await Promise.all([ticked(world), ticked(world), ticked(world)]);
    await ticked(world);
    expect(world.runQueue).toEqual([RUN]);
    expect((await world.campaign())?.status).toBe('EXECUTING');
  });

  it('starts it when ticks were missed', async () => {
    const world = await worldOf({ lines: [], startAt: START + HOUR });
    world.advance(5 * HOUR);
    await ticked(world);
    expect(world.runQueue).toEqual([RUN]);
  });

  it('starts every due campaign, in whichever shard it lies', async () => {
    const world = await worldOf({ lines: [], startAt: START + HOUR });
    const first = await world.campaign();
    if (!first) throw new Error('no campaign');
    const ids = Array.from({ length: 200 }, (_, n) => `more-${n}`);
    for (const id of ids)
      await world.registry.create(campaignKey('app-1', id), { ...first, id }, dueAt(id, START + HOUR));
    world.advance(HOUR);
    await ticked(world);
    const started = world.runQueue.map(({ campaignId }) => campaignId);
    expect(started.sort()).toEqual([RUN.campaignId, ...ids].sort());
  });

  it('queues a run again whose message got lost', async () => {
    const world = await worldOf({ lines: [], startAt: START + HOUR });
    world.advance(HOUR);
    await ticked(world);
    world.advance(MINUTE);
    await ticked(world);
    expect(world.runQueue).toEqual([RUN, RUN]);
  });

  it('does not disturb a worker that is resolving', async () => {
    const world = await worldOf(audience);
    await world.runs.takeUp(RUN, world.ctx().now, world.ctx().now + HOUR);
    world.advance(MINUTE);
    await ticked(world);
    world.advance(MINUTE);
    await ticked(world);
    // The first look started the campaign, whose creator may not have queued it; its worker was left alone since.
    expect(world.runQueue).toHaveLength(1);
  });

  it('queues slices again that nobody took, within two looks', async () => {
    const world = await running();
    world.sliceQueue.length = 0;
    for (let n = 0; n < 2; n++) {
      world.advance(MINUTE);
      await ticked(world);
    }
    expect(world.sliceQueue.map(({ slice }) => slice)).toEqual([1, 2, 3]);
  });

  it('leaves slices in the queue while others of the run move', async () => {
    const world = await running();
    world.sliceQueue.length = 0;
    for (const number of [1, 2]) {
      world.advance(MINUTE);
      await ended(world, number);
      await ticked(world);
    }
    expect(world.sliceQueue).toEqual([]);
  });

  it('queues a slice again whose worker died', async () => {
    const world = await running();
    world.sliceQueue.length = 0;
    await world.runs.takeSlice(holdOf(2), world.ctx().now, world.ctx().now + 30_000);
    world.advance(MINUTE);
    await ticked(world);
    expect(world.sliceQueue).toEqual([{ activityId: RUN.activityId, slice: 2 }]);
  });

  it('looks less and less often at a run where nothing moves', async () => {
    const world = await running();
    let looks = 0;
    for (let minute = 0; minute < 120; minute++) {
      world.sliceQueue.length = 0;
      world.advance(MINUTE);
      await ticked(world);
      if (world.sliceQueue.length > 0) looks += 1;
    }
    expect(looks).toBeGreaterThanOrEqual(4);
    expect(looks).toBeLessThanOrEqual(10);
  });

  it('closes a run whose last worker died before it could', async () => {
    const world = await running();
    for (const number of [1, 2, 3]) await ended(world, number);
    world.advance(MINUTE);
    await ticked(world);
    expect(await world.campaign()).toMatchObject({ status: 'COMPLETED' });
    expect((await world.runs.get(RUN.activityId))?.state).toBe('COMPLETED');
  });

  it('goes on with the others when one campaign makes trouble', async () => {
    const world = await worldOf({ lines: [], startAt: START + HOUR });
    world.advance(HOUR);
    const deps = world.deps();
    let failures = 0;
    const troubled = {
      ...deps,
      runQueue: {
        ...deps.runQueue,
        send: () => {
          failures += 1;
          return Promise.reject(new Error('no queue'));
        },
      },
    };
    await tick(troubled, world.ctx());
    expect(failures).toBe(1);
    world.advance(MINUTE);
    await ticked(world);
    expect(world.runQueue).toEqual([RUN]);
  });

  it('settles what is left of a run whose campaign was deleted', async () => {
    const world = await running();
    await world.registry.create({ pk: 'apps', sk: 'app#app-1' }, { id: 'app-1', name: 'shop', tags: {} });
    const ctx = { ...world.ctx(), region: 'r', accountId: 'a', newId: () => 'id' };
    const remove = deleteCampaign(world.registry, world.runs);
    await remove({ ApplicationId: 'app-1', CampaignId: RUN.campaignId }, ctx);
    expect((await world.runs.get(RUN.activityId))?.state).toBe('CANCELLED');
    for (const number of [1, 2, 3]) await ended(world, number);
    world.advance(MINUTE);
    await ticked(world);
    expect((await world.campaign())?.status).toBe('DELETED');
    world.advance(HOUR);
    const before = world.sliceQueue.length;
    await ticked(world);
    expect(world.sliceQueue).toHaveLength(before);
  });
});
