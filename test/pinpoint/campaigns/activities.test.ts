import { beforeAll, describe, expect, it } from 'vitest';
import { getCampaignActivities } from '../../../lambdas/pinpoint/campaigns/read-campaigns.ts';
import { startWorld, VALID, type World } from './support/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});

const treatments = Array.from({ length: 10 }, () => ({
  SizePercent: 5,
  MessageConfiguration: VALID.MessageConfiguration,
}));

describe('the activities of a run', () => {
  it('are told from one reading of its slices, however many treatments it has', async () => {
    const { Id } = await world.create({ AdditionalTreatments: treatments });
    await world.run(Id);
    let readings = 0;
    const runs: typeof world.runs = {
      ...world.runs,
      slices: (activityId) => {
        readings += 1;
        return world.runs.slices(activityId);
      },
    };
    const now = Date.now();
    const ctx = { actor: 'test', requestId: 'r', now, deadline: now + 9_000, region: 'r', accountId: 'a' };
    const read = getCampaignActivities(world.registry, runs);
    const answer = await read({ ApplicationId: world.app, CampaignId: Id }, { ...ctx, newId: () => 'id' });
    const shown = answer.ActivitiesResponse?.Item ?? [];
    expect(shown).toHaveLength(11);
    expect(shown.find(({ TreatmentId }) => TreatmentId === '0')).toMatchObject({
      State: 'RUNNING',
      TotalEndpointCount: 30,
      ExecutionMetrics: { OPEN: '30' },
    });
    expect(readings).toBe(1);
  });
});
