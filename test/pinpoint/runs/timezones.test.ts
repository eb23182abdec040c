import { describe, expect, it } from 'vitest';
import {
  type ActivityRow,
  activityPrefix,
  activityResponse,
  appPartition,
} from '../../../lambdas/pinpoint/campaigns/campaign.ts';
import { closeRun, withTotals } from '../../../lambdas/pinpoint/runs/close-run.ts';
import { resolveRun } from '../../../lambdas/pinpoint/runs/resolve-run.ts';
import { pushUser, RUN, START, type World, worldOf } from './support/world.ts';

const ZONES = ['Europe/London', 'America/New_York', 'America/Bogota', 'America/Los_Angeles'];
const names = ZONES.flatMap((_, zone) => [`a${zone}`, `b${zone}`]);
const zones = new Map(names.map((name) => [`push:${name}`, ZONES[Number(name.slice(1))] ?? '']));
const local = { Schedule: { StartTime: new Date(START).toISOString(), IsLocalTime: true, Timezone: 'UTC' } };
const users = new Map([...names, 'nowhere'].map((name) => pushUser(name)));
const lines = [...users.keys()].map((u) => ({ u }));

async function shown(world: World) {
  const run = await world.runs.get(RUN.activityId);
  const slices = await world.runs.slices(RUN.activityId);
  const { rows } = await world.registry.list<ActivityRow>(
    appPartition(RUN.appId),
    activityPrefix(RUN.campaignId),
  );
  const [first] = rows.map(({ row }) => activityResponse(run ? withTotals(row, run, slices) : row));
  return [first?.TimezonesCompletedCount, first?.TimezonesTotalCount];
}

async function ended(world: World, number: number): Promise<void> {
  const hold = { activityId: RUN.activityId, number, owner: 'w' };
  const row = await world.runs.takeSlice(hold, START + 86_400_000, START + 86_500_000);
  await world.runs.finish(hold, {
    states: 's'.repeat(row?.entries ?? 0),
    legend: { reasons: [], times: [] },
  });
}

describe('the time zones of an activity', () => {
  it('are those at whose own time it sends, and complete as their slices do', async () => {
    const world = await worldOf({ lines, users, request: local, zones });
    await resolveRun(world.deps(), world.ctx(), RUN);
    // 1 November 2026: New York has left summer time, and has Bogota's.
    expect(await shown(world)).toEqual([0, 3]);
    const slices = await world.runs.slices(RUN.activityId);
    for (const [index, { number, startAt }] of slices.entries()) {
      await ended(world, number);
      const left = new Set(slices.slice(index + 1).flatMap((each) => each.startAt ?? []));
      if (startAt !== undefined) expect(await shown(world)).toEqual([3 - left.size, 3]);
    }
    await closeRun(world.deps(), RUN.activityId);
    expect(await shown(world)).toEqual([3, 3]);
  });

  it('are one for a campaign at one time', async () => {
    const world = await worldOf({ lines, users, zones });
    await resolveRun(world.deps(), world.ctx(), RUN);
    expect(await shown(world)).toEqual([0, 1]);
    await ended(world, 1);
    await closeRun(world.deps(), RUN.activityId);
    expect(await shown(world)).toEqual([1, 1]);
  });
});
