import { DeleteAppCommand, DeleteCampaignCommand } from '@aws-sdk/client-pinpoint';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CampaignRow, campaignKey, dueAt } from '../../../lambdas/pinpoint/campaigns/campaign.ts';
import { deleteCampaign } from '../../../lambdas/pinpoint/campaigns/delete-campaign.ts';
import {
  changeActivities,
  claimCampaign,
  ensureActivities,
} from '../../../lambdas/pinpoint/campaigns/start-campaign.ts';
import { newRunOf, planOf } from '../../../lambdas/pinpoint/runs/plan.ts';
import { startWorld, type World } from './support/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());

describe('DeleteCampaign', () => {
  it('is not refused because the tick wrote the campaign at the same moment', async () => {
    const { Id } = await world.create();
    const { activityId } = await world.run(Id);
    let written = false;
    const registry: typeof world.registry = {
      ...world.registry,
      async replace(stored, row, due) {
        if (!written) {
          written = true;
          const before = await world.registry.get<CampaignRow>(campaignKey(world.app, Id));
          if (before) await world.registry.replace(before, { ...before.row, watch: { idleLooks: 1 } });
        }
        return world.registry.replace(stored, row, due);
      },
    };
    const now = Date.now();
    const ctx = { actor: 'test', requestId: 'r', now, deadline: now + 9_000, region: 'r', accountId: 'a' };
    await deleteCampaign(registry, world.deps)(
      { ApplicationId: world.app, CampaignId: Id },
      { ...ctx, newId: () => 'id' },
    );
    expect((await world.rowOf(Id)).status).toBe('DELETED');
    expect(await world.runs.get(activityId)).toMatchObject({ state: 'CANCELLED' });
    const again = new DeleteCampaignCommand({ ApplicationId: world.app, CampaignId: Id });
    await expect(world.client.send(again)).rejects.toMatchObject({ name: 'NotFoundException' });
  });
});

describe('a campaign that is deleted while it runs', () => {
  const deleted = async (Id: string) => {
    await world.client.send(new DeleteCampaignCommand({ ApplicationId: world.app, CampaignId: Id }));
    await world.tickIn(120_000);
    const [activity] = await world.activities(Id);
    return activity;
  };

  it('goes on telling what came of it, and who was still to be told', async () => {
    const { Id } = await world.create();
    const { activityId } = await world.run(Id, 1);
    const hold = { activityId, number: 1, owner: 'w' };
    const now = Date.now();
    await world.runs.takeSlice(hold, now, now + 1);
    const progress = { states: 'ssss......', legend: { reasons: [], times: [] }, skippedWritten: true };
    await world.runs.release(hold, progress, { round: 0, notBefore: 0 });
    const { ExecutionMetrics: metrics } = (await deleted(Id)) ?? {};
    expect(metrics).toMatchObject({ AUDIENCE: '10', SENT: '4', OPEN: '6' });
    expect(metrics).not.toHaveProperty('LINES_LEFT');
  });

  it('and is not resolved yet counts whom it was resolved to, and the lines that were left', async () => {
    const { Id } = await world.create();
    const { activityId } = await world.beginRun(Id);
    const slice = { activityId, attempt: 1, objectKey: 'k', treatmentId: '0', skipped: {}, notBefore: 0 };
    for (const number of [1, 2]) await world.runs.putSlice({ ...slice, number, entries: 10 }, Date.now());
    const run = { appId: world.app, campaignId: Id, activityId };
    await changeActivities(world.registry, run, (row) => ({ ...row, state: 'INITIALIZING' }));
    // Of 30 lines; the second slice is not covered by the checkpoint.
    await world.runs.checkpoint(activityId, 1, { lines: 11, slices: 1, metrics: { DUPLICATE_USER: 1 } }, 0);
    const { ExecutionMetrics: metrics } = (await deleted(Id)) ?? {};
    expect(metrics).toMatchObject({ AUDIENCE: '10', OPEN: '10', DUPLICATE_USER: '1', LINES_LEFT: '19' });
  });

  it('is over at once when nothing of it was resolved', async () => {
    const { Id } = await world.create();
    await world.beginRun(Id);
    expect(await deleted(Id)).toMatchObject({
      State: 'CANCELLED',
      ExecutionMetrics: { AUDIENCE: '0', LINES_LEFT: '30' },
    });
  });
});

describe('a campaign that is deleted before its run has a row', () => {
  const begun = async () => {
    const { Id } = await world.create();
    const stored = await world.registry.get<CampaignRow>(campaignKey(world.app, Id));
    const claimed = stored && (await claimCampaign(world.registry, stored, Date.now()));
    if (!claimed) throw new Error('not claimed');
    await ensureActivities(world.registry, claimed.row);
    await world.client.send(new DeleteCampaignCommand({ ApplicationId: world.app, CampaignId: Id }));
    return claimed.row;
  };

  it('is shown to be over', async () => {
    const { id } = await begun();
    await world.tickIn(60_000);
    expect(await world.activities(id)).toMatchObject([{ State: 'CANCELLED', Result: 'FAIL' }]);
  });

  it('is settled though a worker makes the row after a look of the tick, and dies', async () => {
    const row = await begun();
    await world.tickIn(60_000);
    const now = Date.now();
    await world.runs.takeUp(newRunOf(row, planOf(row), 30), now, now + 60_000);
    await world.tickIn(130_000);
    await world.tickIn(200_000);
    expect(await world.runs.get(row.activityId)).toMatchObject({ state: 'CANCELLED' });
    expect(await world.activities(row.id)).toMatchObject([
      { State: 'CANCELLED', ExecutionMetrics: { AUDIENCE: '0', LINES_LEFT: '30' } },
    ]);
  });

  it('is looked at no more once no worker can make the row', async () => {
    const { id } = await begun();
    await world.tickIn(16 * 60_000);
    const far = Date.now() + 24 * 60 * 60_000;
    const { dueShard } = dueAt(id, far);
    const due = await world.registry.due<CampaignRow>(dueShard, far, 1000);
    expect(due.filter(({ row }) => row.id === id)).toEqual([]);
  });
});

describe('DeleteApp', () => {
  it('cancels the runs of its campaigns, and queues lanes that tell who is left', async () => {
    const app = await world.appWithSegment();
    const { Id } = await world.create({}, undefined, app);
    const { activityId } = await world.rowOf(Id, app);
    const run = { activityId, appId: app, campaignId: Id, callSize: 100, listLines: 30 };
    await world.runs.takeUp(run, Date.now(), Date.now());
    await world.resolveRun(await world.rowOf(Id, app), 3);
    world.sliceQueue.splice(0);
    await world.client.send(new DeleteAppCommand({ ApplicationId: app }));
    expect(await world.runs.get(activityId)).toMatchObject({ state: 'CANCELLED' });
    expect(world.sliceQueue).toHaveLength(3);
  });
});
