import { beforeAll, describe, expect, it } from 'vitest';
import { showPause } from '../../../lambdas/pinpoint/runs/show-pause.ts';
import { startWorld, type World } from './support/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});

/** A run that paused itself, and its worker, which tells so when it gets round to it. */
async function pausedItself() {
  const { Id } = await world.create();
  const { activityId } = await world.run(Id);
  const run = await world.runs.control(activityId, { paused: 'FAILURES' }, true);
  if (!run) throw new Error('There is no run');
  return { Id, activityId, run };
}
const resumed = (Id: string) => world.update(Id, { IsPaused: false });
const goesOn = async (Id: string, activityId: string) => {
  expect(await world.read(Id)).toMatchObject({ IsPaused: false, State: { CampaignStatus: 'EXECUTING' } });
  expect(await world.activities(Id)).toMatchObject([{ State: 'RUNNING' }]);
  await world.tickIn(120_000);
  expect((await world.runs.get(activityId))?.paused).toBeUndefined();
};

describe('a pause that is shown late', () => {
  it('does not pause a run again that was resumed meanwhile', async () => {
    const { Id, activityId, run } = await pausedItself();
    await resumed(Id);
    await showPause(world, run, Date.now());
    await goesOn(Id, activityId);
  });

  it.each(['before', 'after'] as const)(
    'does not either when it is resumed just %s its read',
    async (moment) => {
      const { Id, activityId, run } = await pausedItself();
      let overtaken = false;
      const get: typeof world.runs.get = async (id) => {
        const overtakes = !overtaken;
        overtaken = true;
        if (overtakes && moment === 'before') await resumed(Id);
        const found = await world.runs.get(id);
        if (overtakes && moment === 'after') await resumed(Id);
        return found;
      };
      await showPause({ registry: world.registry, runs: { get } }, run, Date.now());
      await goesOn(Id, activityId);
    },
  );

  it('shows the pause of a run that rests', async () => {
    const { Id, run } = await pausedItself();
    await showPause(world, run, Date.now());
    expect(await world.read(Id)).toMatchObject({ IsPaused: true, State: { CampaignStatus: 'PAUSED' } });
  });
});
