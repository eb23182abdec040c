import type { WriteCampaignRequest } from '@aws-sdk/client-pinpoint';
import { describe, expect, it } from 'vitest';
import { type CampaignRow, campaignKey, dueAt } from '../../../lambdas/pinpoint/campaigns/campaign.ts';
import { deleteCampaign } from '../../../lambdas/pinpoint/campaigns/delete-campaign.ts';
import { tick } from '../../../lambdas/pinpoint/campaigns/tick.ts';
import { lanesFor } from '../../../lambdas/pinpoint/delivery/pace.ts';
import type { SliceHold } from '../../../lambdas/pinpoint/runs/ports.ts';
import { resolveRun } from '../../../lambdas/pinpoint/runs/resolve-run.ts';
import { pushUser, RUN, START, type World, worldOf } from '../runs/support/world.ts';

const HOUR = 3_600_000;
const MINUTE = 60_000;
const names = Array.from({ length: 2500 }, (_, n) => `u${n}`);
const audience = { lines: names.map((u) => ({ u })), users: new Map(names.map((name) => pushUser(name))) };

const ticked = (world: World) => tick(world.deps(), world.ctx());
async function running(request: Partial<WriteCampaignRequest> = {}): Promise<World> {
  const world = await worldOf({ ...audience, request });
  await resolveRun(world.deps(), world.ctx(), RUN);
  return world;
}
const holdOf = (number: number, owner = 'worker'): SliceHold => ({
  activityId: RUN.activityId,
  number,
  owner,
});
const NO_LEGEND = { reasons: [], times: [] };
/** A lane takes the next slice. */
async function begun(world: World, leaseMs = 60_000): Promise<number> {
  const run = await world.runs.nextSlice(RUN.activityId);
  const number = (run?.nextSlice ?? 0) - 1;
  await world.runs.takeSlice(holdOf(number), world.ctx().now, world.ctx().now + leaseMs);
  return number;
}
async function ended(world: World, number: number): Promise<void> {
  const slice = await world.runs.slice(RUN.activityId, number);
  const progress = { states: 's'.repeat(slice?.entries ?? 0), legend: NO_LEGEND };
  if (!(await world.runs.finish(holdOf(number), progress))) throw new Error('The slice is lost');
  await world.runs.countDone(RUN.activityId);
}
async function givenBack(world: World, number: number, notBefore = 0): Promise<void> {
  const slice = await world.runs.slice(RUN.activityId, number);
  const progress = { states: slice?.states ?? '', legend: NO_LEGEND, skippedWritten: true };
  await world.runs.release(holdOf(number), progress, { round: 0, notBefore });
}
const granted = (world: World) =>
  world.runs.grant(RUN.activityId, {
    ...{ epoch: 1, now: world.ctx().now, costMs: 0, ahead: false, horizonMs: 2500, tried: 0, failed: 0 },
  });
const lane = { activityId: RUN.activityId, epoch: 1 };
async function changed(world: World, change: (row: CampaignRow) => CampaignRow): Promise<void> {
  const stored = await world.registry.get<CampaignRow>(campaignKey(RUN.appId, RUN.campaignId));
  if (!stored) throw new Error('There is no campaign');
  await world.registry.replace(stored, change(stored.row), dueAt(RUN.campaignId, world.ctx().now));
}
const paused = (row: CampaignRow): CampaignRow => ({
  ...row,
  status: 'PAUSED',
  begun: true,
  request: { ...row.request, IsPaused: true },
});

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
    await world.runs.takeUp(
      { ...RUN, callSize: 100, listLines: 2500 },
      world.ctx().now,
      world.ctx().now + HOUR,
    );
    world.advance(MINUTE);
    await ticked(world);
    world.advance(MINUTE);
    await ticked(world);
    // The first look started the campaign, whose creator may not have queued it; its worker was left alone since.
    expect(world.runQueue).toHaveLength(1);
  });

  it('sets a run going again whose queue forgot its lanes, at its first look', async () => {
    const world = await running();
    world.sliceQueue.length = 0;
    world.advance(MINUTE);
    await ticked(world);
    expect(world.sliceQueue).toEqual([lane, lane, lane]);
  });

  it('goes on after a restart that lost queue and workers, at the first look when their leases are over', async () => {
    const world = await running();
    const numbers = [await begun(world), await begun(world)];
    await granted(world);
    world.sliceQueue.length = 0;
    world.advance(MINUTE);
    await ticked(world);
    expect(world.sliceQueue.map(({ slice }) => slice)).toEqual([...numbers, undefined]);
  });

  it('leaves lanes in the queue while others of the run move', async () => {
    const world = await running();
    world.sliceQueue.length = 0;
    // Somebody holds a slice.
    const number = await begun(world, 2 * MINUTE);
    world.advance(MINUTE);
    await ticked(world);
    expect(world.sliceQueue).toEqual([]);
    // Nobody holds one, but a call was granted just now.
    await ended(world, number);
    await granted(world);
    world.advance(MINUTE - 1);
    await ticked(world);
    expect(world.sliceQueue).toEqual([]);
  });

  it('does not take a slow pace for a standstill', async () => {
    const world = await running({ tags: { 'repoint:rate': '1' } });
    const number = await begun(world);
    const ask = { epoch: 1, ahead: false, horizonMs: 2500, tried: 0, failed: 0, costMs: MINUTE };
    await world.runs.grant(RUN.activityId, { ...ask, now: world.ctx().now });
    await givenBack(world, number);
    world.sliceQueue.length = 0;
    world.advance(MINUTE + 900);
    await ticked(world);
    expect(world.sliceQueue).toEqual([]);
    // Nobody came when its time had.
    world.advance(MINUTE);
    await ticked(world);
    expect(world.sliceQueue.map(({ slice }) => slice)).toEqual([number, undefined, undefined]);
  });

  it('leaves a slice alone whose time has not come', async () => {
    const world = await running();
    for (let n = 0; n < 3; n++) await givenBack(world, await begun(world), START + HOUR);
    world.sliceQueue.length = 0;
    for (let n = 0; n < 60; n++) {
      world.advance(MINUTE);
      await ticked(world);
    }
    // Its time has come: the queue brings its lane about now.
    expect(world.sliceQueue).toEqual([]);
    world.advance(MINUTE);
    await ticked(world);
    expect(world.sliceQueue.map(({ slice }) => slice)).toEqual([1, 2, 3]);
  });

  it('queues none beside lanes whose slices rest while an account has no room for them', async () => {
    const world = await worldOf({ lines: [], request: { tags: { 'repoint:rate': '600' } } });
    await world.runs.takeUp({ ...RUN, callSize: 100, listLines: 900, ratePerMinute: 600 }, START, START + 1);
    const slice = {
      ...{ activityId: RUN.activityId, attempt: 1, treatmentId: '0', skipped: {} },
      entries: 10,
    };
    for (let number = 1; number <= 90; number++)
      await world.runs.putSlice({ ...slice, number, objectKey: `s${number}`, notBefore: 0 }, START);
    await world.runs.resolved(RUN.activityId, 1, { lines: 900, slices: 90, metrics: {} });
    await world.runs.markQueued(RUN.activityId);
    await changed(world, (row) => ({ ...row, status: 'EXECUTING' }));
    const lanes = lanesFor(600, 100, 50);
    expect(lanes).toBeGreaterThan(1);
    for (let minute = 1; minute <= 20; minute++) {
      // The lanes come back and go back again: the account's day is used up.
      for (let number = 1; number <= lanes; number++) {
        if (minute === 1) await world.runs.nextSlice(RUN.activityId);
        await world.runs.takeSlice(holdOf(number), world.ctx().now, world.ctx().now + 1);
        await givenBack(world, number, world.ctx().now + MINUTE);
      }
      world.advance(MINUTE + 5000);
      await ticked(world);
    }
    expect(world.sliceQueue).toEqual([]);
  });

  it('queues a slice again whose worker died, and lanes for the rest', async () => {
    const world = await running();
    await ended(world, await begun(world));
    const dead = await begun(world, 30_000);
    world.sliceQueue.length = 0;
    world.advance(MINUTE);
    await ticked(world);
    expect(world.sliceQueue).toEqual([{ ...lane, slice: dead }, lane]);
  });

  it('queues nothing for a run that rests, however long', async () => {
    const world = await running();
    await givenBack(world, await begun(world));
    await world.runs.control(RUN.activityId, { paused: 'FAILURES' });
    world.sliceQueue.length = 0;
    for (let n = 0; n < 5; n++) {
      world.advance(MINUTE);
      await ticked(world);
    }
    expect(world.sliceQueue).toEqual([]);
    // What paused itself shows it, even if its worker died before it could.
    expect(await world.campaign()).toMatchObject({ status: 'PAUSED', begun: true });
  });

  it('brings a run to rest whose campaign was paused, without lanes for it', async () => {
    const world = await running();
    world.sliceQueue.length = 0;
    world.advance(MINUTE);
    await changed(world, paused);
    await ticked(world);
    expect(await world.runs.get(RUN.activityId)).toMatchObject({ paused: 'REQUESTED', epoch: 2 });
    expect(world.sliceQueue).toEqual([]);
  });

  it('lets a run go on whose campaign does, with one set of lanes in the new epoch', async () => {
    const world = await running();
    await world.runs.control(RUN.activityId, { paused: 'REQUESTED' });
    world.sliceQueue.length = 0;
    world.advance(MINUTE);
    await ticked(world);
    const next = { ...lane, epoch: 3 };
    expect(world.sliceQueue).toEqual([next, next, next]);
    expect((await world.runs.get(RUN.activityId))?.paused).toBeUndefined();
  });

  it('brings a rate up to date that the run did not get', async () => {
    const world = await running();
    world.advance(MINUTE);
    await changed(world, (row) => ({ ...row, request: { ...row.request, tags: { 'repoint:rate': '600' } } }));
    await ticked(world);
    expect(await world.runs.get(RUN.activityId)).toMatchObject({ ratePerMinute: 600, epoch: 2 });
  });

  it('queues lanes that a resolver died before it could', async () => {
    const world = await worldOf(audience);
    const deps = world.deps();
    const sliceQueue = {
      send: () => Promise.reject(new Error('no queue')),
      sendAll: () => Promise.reject(new Error('no queue')),
    };
    await expect(resolveRun({ ...deps, sliceQueue }, world.ctx(), RUN)).rejects.toThrow('no queue');
    expect(await world.runs.get(RUN.activityId)).toMatchObject({ state: 'RUNNING', queued: false });
    world.advance(MINUTE);
    await ticked(world);
    expect(world.sliceQueue).toEqual([lane, lane, lane]);
    expect(await world.runs.get(RUN.activityId)).toMatchObject({ queued: true });
  });

  it('queues lanes for those who are left of a cancelled run', async () => {
    const world = await running();
    await givenBack(world, await begun(world));
    await granted(world);
    await world.runs.move(RUN.activityId, ['RUNNING'], 'CANCELLED');
    world.sliceQueue.length = 0;
    world.advance(MINUTE);
    await ticked(world);
    expect(world.sliceQueue.map(({ slice }) => slice)).toEqual([1, undefined, undefined]);
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
    // Once it moves, it is looked at every minute again.
    const number = await begun(world, 31 * MINUTE);
    world.advance(30 * MINUTE);
    await ticked(world);
    await givenBack(world, number);
    world.sliceQueue.length = 0;
    world.advance(MINUTE);
    await ticked(world);
    expect(world.sliceQueue.map(({ slice }) => slice)).toEqual([number, undefined, undefined]);
  });

  it('closes a run whose last worker died before it could', async () => {
    const world = await running();
    for (let n = 0; n < 3; n++) await ended(world, await begun(world));
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
    const remove = deleteCampaign(world.registry, world.deps());
    await remove({ ApplicationId: 'app-1', CampaignId: RUN.campaignId }, ctx);
    expect((await world.runs.get(RUN.activityId))?.state).toBe('CANCELLED');
    for (let n = 0; n < 3; n++) await ended(world, await begun(world));
    world.advance(MINUTE);
    await ticked(world);
    expect((await world.campaign())?.status).toBe('DELETED');
    world.advance(HOUR);
    const before = world.sliceQueue.length;
    await ticked(world);
    expect(world.sliceQueue).toHaveLength(before);
  });
});
