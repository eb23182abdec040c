import type { WriteCampaignRequest } from '@aws-sdk/client-pinpoint';
import { describe, expect, it } from 'vitest';
import type { SegmentLine } from '../../../lambdas/pinpoint/ports.ts';
import { resolveRun } from '../../../lambdas/pinpoint/runs/resolve-run.ts';
import { totalsOf } from '../../../lambdas/pinpoint/runs/totals.ts';
import { pushUser, RUN, type World, worldOf } from './support/world.ts';

const names = Array.from({ length: 3000 }, (_, n) => `u${n}`);
const direct = Array.from({ length: 500 }, (_, n) => ({ e: `d${n}`, c: 'GCM', a: `direct-${n}` }));
const lines: readonly SegmentLine[] = [...names.map((u) => ({ u })), ...direct];
const users = new Map(names.map((name) => pushUser(name)));
const variant = { SizePercent: 50, MessageConfiguration: { GCMMessage: { Body: 'variant' } } };

async function resolved(split: string, request: Partial<WriteCampaignRequest> = {}, turnMs?: number) {
  const tags = { 'repoint:campaign': 'weekly', 'repoint:split': split };
  const world = await worldOf({ lines, users, request: { ...request, tags } });
  const read: string[] = [];
  const deps = world.deps();
  const counting = {
    ...deps,
    endpoints: {
      ...deps.endpoints,
      users: (...args: Parameters<typeof deps.endpoints.users>) => {
        read.push(...args[1]);
        return deps.endpoints.users(...args);
      },
    },
  };
  for (world.runQueue.push(RUN); world.runQueue.pop(); ) await resolveRun(counting, world.ctx(turnMs), RUN);
  return { world, read };
}
const idsOf = async (world: World) => {
  const slices = await world.slices();
  return {
    got: slices.flatMap(({ entries }) => entries.map(({ e }) => e)),
    held: slices.flatMap(({ skipped }) => skipped.filter(({ r }) => r === 'HOLDOUT').map(({ e }) => e)),
  };
};
const everybody = [...names.map((name) => `push:${name}`), ...direct.map(({ e }) => e)].sort();

describe('the runs of a test and of its rest', () => {
  it('reach everybody once between them and hold out the same people', async () => {
    const test = await resolved('0,500,1000,1000', { AdditionalTreatments: [variant] });
    const rest = await resolved('2000,500,7500');
    const [first, second] = [await idsOf(test.world), await idsOf(rest.world)];
    expect(first.held.length).toBeGreaterThan(100);
    expect(second.held.sort()).toEqual(first.held.sort());
    expect([...first.got, ...second.got, ...first.held].sort()).toEqual(everybody);
  });

  it('count who is left out and nothing else of them, over checkpoints too', async () => {
    for (const turnMs of [900_000, 0]) {
      const { world, read } = await resolved('2000,500,7000', {}, turnMs);
      const { got, held } = await idsOf(world);
      const run = await world.runs.get(RUN.activityId);
      const outside = everybody.length - got.length - held.length;
      expect(outside).toBeGreaterThan(700);
      expect(run?.metrics).toMatchObject({
        OUTSIDE_SPLIT: outside,
        ENDPOINT_PRODUCED: got.length + held.length,
      });
      expect(totalsOf(await world.runs.slices(RUN.activityId)).audience).toBe(got.length + held.length);
      // Nobody reads the users of others.
      const own = [...got, ...held]
        .filter((id) => id.startsWith('push:'))
        .map((id) => id.slice('push:'.length));
      expect([...new Set(read)].sort()).toEqual(own.sort());
    }
  });
});
