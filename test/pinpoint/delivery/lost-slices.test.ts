import { describe, expect, it } from 'vitest';
import { type ActivityRow, activityKey } from '../../../lambdas/pinpoint/campaigns/campaign.ts';
import { planCache } from '../../../lambdas/pinpoint/delivery/plans.ts';
import { planKey } from '../../../lambdas/pinpoint/runs/run.ts';
import { totalsOf } from '../../../lambdas/pinpoint/runs/totals.ts';
import { ACTIVITY, PLAN, START, type World, worldOf } from './support/world.ts';

const skipped = [{ e: 'x', c: 'GCM', r: 'ENDPOINT_OPT_OUT' }];

async function lost(world: World): Promise<ActivityRow | undefined> {
  const { applicationId, campaignId } = PLAN;
  const key = activityKey(applicationId, campaignId, ACTIVITY);
  const row = { applicationId, campaignId, id: ACTIVITY, treatmentId: '0', state: 'RUNNING' } as ActivityRow;
  await world.registry.create(key, { ...row, scheduledStart: '', executionMetrics: {} });
  await world.lane();
  await world.drained();
  return (await world.registry.get<ActivityRow>(key))?.row;
}

describe('a slice whose recipients nobody can read any more', () => {
  it.each<[string, unknown]>([
    ['is gone', undefined],
    ['is another one', { kind: 'push', treatmentId: '0', skipped: [], entries: [] }],
    ['is nothing of the kind', { hello: 'world' }],
  ])('and that %s fails them, once and for all, and the others get theirs', async (_how, object) => {
    const world = await worldOf({ entries: 300, perSlice: 100, skipped });
    await world.objects.put('slice-2', object ?? null);
    const activity = await lost(world);
    expect(world.sent).toHaveLength(200);
    expect(world.queue).toEqual([]);
    expect((await world.run()).state).toBe('COMPLETED');
    expect(activity).toMatchObject({ state: 'COMPLETED', result: 'FAIL', totalEndpointCount: 301 });
    expect(activity?.executionMetrics).toMatchObject({
      ...{ AUDIENCE: '301', SENT: '200', FAILED: '100', SKIPPED: '1', UNCERTAIN: '0' },
      ...{ SLICE_LOST: '100', ENDPOINT_OPT_OUT: '1' },
    });
  });

  it('leaves those their ends who have one, and counts as uncertain whose message was on its way', async () => {
    const world = await worldOf({ entries: 5 });
    const hold = { activityId: ACTIVITY, number: 1, owner: 'dead' };
    await world.runs.nextSlice(ACTIVITY);
    await world.runs.takeSlice(hold, START, START + 1);
    const progress = { states: 'sif..', legend: { reasons: [], times: [] }, skippedWritten: true };
    await world.runs.claim(hold, progress, START + 1);
    await world.objects.put('slice-1', null);
    world.now += 1000;
    await world.lane({ activityId: ACTIVITY, epoch: 1, slice: 1 });
    expect(totalsOf(await world.slices())).toMatchObject({
      ...{ audience: 5, sent: 1, uncertain: 1, failed: 3, open: 0 },
      reasons: { SUCCESS: 1, UNKNOWN: 1, FAILURE: 1, SLICE_LOST: 2 },
    });
  });

  it('is every slice of a run whose plan is gone', async () => {
    const world = await worldOf({ entries: 20, perSlice: 10 });
    await world.objects.put(planKey(ACTIVITY), null);
    const deps = { ...world.deps(), plans: planCache(world.objects) };
    await world.lane(undefined, deps);
    expect(totalsOf(await world.slices())).toMatchObject({ failed: 20, reasons: { SLICE_LOST: 20 } });
    expect((await world.run()).state).toBe('COMPLETED');
  });

  it('is not one that merely could not be read for a moment', async () => {
    const world = await worldOf({ entries: 10 });
    const deps = world.deps();
    const objects = { get: () => Promise.reject(new Error('S3 does not answer')) };
    await expect(world.lane(undefined, { ...deps, objects })).rejects.toThrow('does not answer');
    await world.finished();
    expect(world.sent).toHaveLength(10);
  });
});
