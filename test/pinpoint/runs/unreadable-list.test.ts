import { describe, expect, it } from 'vitest';
import {
  type ActivityRow,
  activityPrefix,
  appPartition,
} from '../../../lambdas/pinpoint/campaigns/campaign.ts';
import { tick } from '../../../lambdas/pinpoint/campaigns/tick.ts';
import { type ResolveDeps, resolveRun } from '../../../lambdas/pinpoint/runs/resolve-run.ts';
import { UnreadableList } from '../../../lambdas/pinpoint/segments/unreadable-list.ts';
import { Fault } from './support/faults.ts';
import { pushUser, RUN, type World, worldOf } from './support/world.ts';

const names = Array.from({ length: 2600 }, (_, n) => `u${n}`);
const audience = { lines: names.map((u) => ({ u })), users: new Map(names.map((name) => pushUser(name))) };
const push = { MessageConfiguration: { GCMMessage: { Body: 'B' } } };
const request = { AdditionalTreatments: [{ SizePercent: 40, ...push }] };

/** A worker whose list breaks off after so many chunks. */
function breaking(world: World, chunks: number, error: Error): ResolveDeps {
  const deps = world.deps();
  return {
    ...deps,
    lists: {
      ...deps.lists,
      async *read(...args: Parameters<ResolveDeps['lists']['read']>) {
        let read = 0;
        for await (const chunk of deps.lists.read(...args)) {
          if (read++ === chunks) throw error;
          yield chunk;
        }
      },
    },
  };
}
const gone = new UnreadableList('Part 2 of 3 is gone');
const activities = async (world: World): Promise<ActivityRow[]> =>
  (await world.registry.list<ActivityRow>(appPartition(RUN.appId), activityPrefix(RUN.campaignId))).rows.map(
    ({ row }) => row,
  );

async function proveEnded(world: World): Promise<void> {
  expect(await world.campaign()).toMatchObject({ status: 'INVALID' });
  const shown = await activities(world);
  expect(shown).toHaveLength(2);
  for (const { state, result, totalEndpointCount, executionMetrics, id } of shown) {
    expect([state, result, totalEndpointCount]).toEqual(['COMPLETED', 'FAIL', 0]);
    expect(executionMetrics).toMatchObject({ FAILURE: 'Part 2 of 3 is gone', AUDIENCE: '0' });
    if (id === RUN.activityId) expect(executionMetrics).toMatchObject({ LINES_LEFT: '2600' });
  }
  expect(world.sliceQueue).toEqual([]);
  world.runQueue.length = 0;
  for (let hour = 0; hour < 3; hour++) {
    world.advance(3_600_000);
    await tick(world.deps(), world.ctx());
    await resolveRun(world.deps(), world.ctx(), RUN);
  }
  expect([world.runQueue, world.sliceQueue]).toEqual([[], []]);
}

describe('a list that cannot be read', () => {
  it.each([0, 3, 20])('ends its run before anything is sent, after %d chunks', async (chunks) => {
    const world = await worldOf({ ...audience, request });
    await resolveRun(breaking(world, chunks, gone), world.ctx(), RUN);
    await proveEnded(world);
  });

  it('does so too after a part of it was resolved by an earlier attempt', async () => {
    const world = await worldOf({ ...audience, request });
    for (let turn = 0; turn < 3; turn++) await resolveRun(world.deps(), world.ctx(0), RUN);
    expect((await world.runs.get(RUN.activityId))?.slices).toBeGreaterThan(0);
    await resolveRun(breaking(world, 30, gone), world.ctx(), RUN);
    await proveEnded(world);
  });

  it.each(['before', 'after'] as const)(
    'ends it however often that is cut short, killed %s a call',
    async (moment) => {
      for (let at = 1; ; at++) {
        const world = await worldOf({ ...audience, request });
        const fault = new Fault(at, moment);
        const deps = breaking(world, 10, gone);
        const faulty = { ...deps, registry: fault.on(deps.registry), runs: fault.on(deps.runs) };
        await resolveRun(faulty, world.ctx(), RUN).catch(() => undefined);
        for (let turn = 0; turn < 3; turn++) {
          world.advance(61_000);
          await resolveRun(breaking(world, 10, gone), world.ctx(), RUN);
        }
        await proveEnded(world);
        if (!fault.struck) break;
      }
    },
  );

  it('changes nothing when a worker meets it that has lost the run', async () => {
    const world = await worldOf({ ...audience, request });
    const late = breaking(world, 5, gone);
    const read = late.lists.read;
    const overtaken = {
      ...late,
      lists: {
        ...late.lists,
        async *read(...args: Parameters<typeof read>) {
          world.advance(61_000);
          await resolveRun(world.deps(), world.ctx(), RUN);
          yield* read(...args);
        },
      },
    };
    await resolveRun(overtaken, world.ctx(), RUN);
    expect(await world.campaign()).toMatchObject({ status: 'EXECUTING' });
    expect(await world.runs.get(RUN.activityId)).toMatchObject({ state: 'RUNNING' });
    expect((await activities(world)).map(({ result }) => result)).toEqual([undefined, undefined]);
  });

  it('is not taken for one that merely could not be reached', async () => {
    const world = await worldOf({ ...audience, request });
    const unreached = breaking(world, 5, new Error('S3 does not answer'));
    await expect(resolveRun(unreached, world.ctx(), RUN)).rejects.toThrow('does not answer');
    await resolveRun(world.deps(), world.ctx(), RUN);
    expect(await world.runs.get(RUN.activityId)).toMatchObject({ state: 'RUNNING' });
    expect(await world.entries()).toHaveLength(names.length);
  });
});
