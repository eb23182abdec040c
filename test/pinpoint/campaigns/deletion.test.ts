import { DeleteAppCommand, DeleteCampaignCommand } from '@aws-sdk/client-pinpoint';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type CampaignRow, campaignKey } from '../../../lambdas/pinpoint/campaigns/campaign.ts';
import { deleteCampaign } from '../../../lambdas/pinpoint/campaigns/delete-campaign.ts';
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

describe('DeleteApp', () => {
  it('cancels the runs of its campaigns, and queues lanes that tell who is left', async () => {
    const app = await world.appWithSegment();
    const { Id } = await world.create({}, undefined, app);
    const { activityId } = await world.rowOf(Id, app);
    const run = { activityId, appId: app, campaignId: Id, callSize: 100 };
    await world.runs.takeUp(run, Date.now(), Date.now());
    await world.resolveRun(await world.rowOf(Id, app), 3);
    world.sliceQueue.splice(0);
    await world.client.send(new DeleteAppCommand({ ApplicationId: app }));
    expect(await world.runs.get(activityId)).toMatchObject({ state: 'CANCELLED' });
    expect(world.sliceQueue).toHaveLength(3);
  });
});
