import { describe, expect, it } from 'vitest';
import {
  type ActivityRow,
  activityKey,
  activityPrefix,
  appPartition,
  type CampaignRow,
  campaignKey,
} from '../../../lambdas/pinpoint/campaigns/campaign.ts';
import { kindNamed } from '../../../lambdas/pinpoint/channels/registry.ts';
import { withTotals } from '../../../lambdas/pinpoint/runs/close-run.ts';
import { queueLanes } from '../../../lambdas/pinpoint/runs/lanes.ts';
import { resolveRun } from '../../../lambdas/pinpoint/runs/resolve-run.ts';
import { sliceKey } from '../../../lambdas/pinpoint/runs/run.ts';
import { executionMetrics, totalsOf } from '../../../lambdas/pinpoint/runs/totals.ts';
import { pushUser, RUN, START, type World, worldOf } from './support/world.ts';

const listed = (count: number) => {
  const names = Array.from({ length: count }, (_, n) => `u${n}`);
  return { lines: names.map((u) => ({ u })), users: new Map(names.map((name) => pushUser(name))) };
};
const key = campaignKey(RUN.appId, RUN.campaignId);

async function changed(world: World, change: Partial<CampaignRow>): Promise<void> {
  const stored = await world.registry.get<CampaignRow>(key);
  if (stored) await world.registry.replace(stored, { ...stored.row, ...change });
}

/** Resolves a run; something happens after its campaign was read and before its row is there. */
async function resolvedAround(world: World, happens: () => Promise<unknown>): Promise<void> {
  const deps = world.deps();
  const takeUp: typeof deps.runs.takeUp = async (...given) => {
    await happens();
    return deps.runs.takeUp(...given);
  };
  await resolveRun({ ...deps, runs: { ...deps.runs, takeUp } }, world.ctx(), RUN);
}

describe('what happens to a campaign just before its run has a row', () => {
  it('a pause lets the run rest before anybody gets a message', async () => {
    const world = await worldOf(listed(20));
    await resolvedAround(world, () => changed(world, { status: 'PAUSED', begun: true }));
    expect(await world.runs.get(RUN.activityId)).toMatchObject({ state: 'RUNNING', paused: 'REQUESTED' });
    expect(world.sliceQueue).toEqual([]);
  });

  it.each([
    ['a deletion', (world: World) => changed(world, { status: 'DELETED' })],
    ['the deletion of its application', (world: World) => world.registry.remove(key)],
  ])('%s cancels the run', async (_what, happens) => {
    const world = await worldOf(listed(20));
    await resolvedAround(world, () => happens(world));
    expect(await world.runs.get(RUN.activityId)).toMatchObject({ state: 'CANCELLED' });
  });
});

describe('a message that comes before its campaign’s time', () => {
  const early = async (ms: number) => {
    const world = await worldOf({ ...listed(3), startAt: START + ms });
    const delays: (number | undefined)[] = [];
    const send = async (_message: unknown, options: { delaySeconds?: number } = {}) =>
      void delays.push(options.delaySeconds);
    await resolveRun({ ...world.deps(), runQueue: { ...world.deps().runQueue, send } }, world.ctx(), RUN);
    expect(await world.campaign()).toMatchObject({ status: 'SCHEDULED' });
    expect(await world.runs.get(RUN.activityId)).toBeUndefined();
    return delays;
  };

  it('by less than a tick comes again when it is there', async () => {
    for (const ms of [1, 999, 1000, 59_999]) expect(await early(ms)).toEqual([Math.ceil(ms / 1000)]);
  });

  it('by more is left to the tick', async () => {
    expect(await early(3_600_000)).toEqual([]);
  });

  it('is taken up at its time, not later', async () => {
    const world = await worldOf({ ...listed(3), startAt: START + 5 });
    world.advance(5);
    await resolveRun(world.deps(), world.ctx(), RUN);
    expect(await world.campaign()).toMatchObject({ status: 'EXECUTING' });
  });
});

describe('a run whose rows are gone', () => {
  it('is never made anew: it would send everything again', async () => {
    const world = await worldOf(listed(20));
    await resolveRun(world.deps(), world.ctx(), RUN);
    const vanished = await worldOf(listed(20));
    await changed(vanished, { status: 'PAUSED', begun: true });
    const activity = await world.registry.get<ActivityRow>(
      activityKey(RUN.appId, RUN.campaignId, RUN.activityId),
    );
    if (activity) await vanished.registry.create(activity.key, activity.row);
    await resolveRun(vanished.deps(), vanished.ctx(), RUN);
    expect(await vanished.runs.get(RUN.activityId)).toBeUndefined();
    expect(await vanished.campaign()).toMatchObject({ status: 'INVALID' });
    expect(vanished.sliceQueue).toEqual([]);
  });

  it('is not one that another worker takes up at the same moment, whichever of its reads that meets', async () => {
    for (let at = 1, met = true; met; at++) {
      const world = await worldOf(listed(5));
      let calls = 0;
      const during = <Port extends object>(port: Port): Port =>
        new Proxy(port, {
          get: (target, name, receiver) => {
            const member = Reflect.get(target, name, receiver) as (...args: unknown[]) => unknown;
            return async (...args: unknown[]) => {
              const answer = await member.apply(target, args);
              if (++calls === at) await resolveRun(world.deps(), world.ctx(), RUN);
              return answer;
            };
          },
        });
      const deps = world.deps();
      await resolveRun(
        { ...deps, registry: during(deps.registry), runs: during(deps.runs) },
        world.ctx(),
        RUN,
      );
      met = calls >= at;
      expect((await world.campaign())?.status).toBe('EXECUTING');
      expect(await world.runs.get(RUN.activityId)).toMatchObject({ state: 'RUNNING', slices: 1 });
      expect(await world.entries()).toHaveLength(5);
    }
  });
});

describe('slices', () => {
  it('of nobody but skipped ones are of a kind that a worker knows', async () => {
    const { lines, users } = listed(2500);
    const optedOut = [...users].map(([id, user]): [string, typeof user] => [
      id,
      { ...user, endpoints: user.endpoints.map((each) => ({ ...each, optOut: 'ALL' })) },
    ]);
    const world = await worldOf({ lines, users: new Map(optedOut) });
    await resolveRun(world.deps(), world.ctx(), RUN);
    const slices = await world.slices();
    expect(slices.map(({ skipped }) => skipped.length)).toEqual([2000, 500]);
    for (const { kind } of slices) expect(kindNamed(kind).types).toContain('GCM');
  });

  it('that wait for a time are queued all the same when nobody gets anything any more', async () => {
    const world = await worldOf(listed(5));
    await resolveRun(world.deps(), world.ctx(), RUN);
    const hold = { activityId: RUN.activityId, number: 1, owner: 'o' };
    await world.runs.nextSlice(RUN.activityId);
    const row = await world.runs.takeSlice(hold, START, START + 1);
    if (row) await world.runs.release(hold, row, { round: 0, notBefore: START + 365 * 86_400_000 });
    world.sliceQueue.splice(0);
    const queued = async () => {
      const run = await world.runs.get(RUN.activityId);
      return run ? queueLanes(world.deps(), run, START + 1000) : undefined;
    };
    expect(await queued()).toBe(0);
    await world.runs.move(RUN.activityId, ['RUNNING'], 'CANCELLED');
    expect(await queued()).toBe(1);
    expect(world.sliceQueue).toMatchObject([{ slice: 1 }]);
  });
});

describe('the metrics of an activity', () => {
  it('tell whom its own treatment skipped, and add up to its own audience', async () => {
    const names = Array.from({ length: 60 }, (_, n) => `u${n}`);
    const optedOut = (name: string) => {
      const [id, user] = pushUser(name);
      const endpoints = user.endpoints.map((each) => ({ ...each, optOut: 'ALL' as const }));
      return [id, { ...user, endpoints }] as const;
    };
    const message = { MessageConfiguration: { GCMMessage: { Body: 'b' } } };
    const request = { AdditionalTreatments: [{ ...message, SizePercent: 50 }] };
    const lines = names.map((u) => ({ u }));
    const all = await worldOf({ lines, request, users: new Map(names.map((name) => pushUser(name))) });
    await resolveRun(all.deps(), all.ctx(), RUN);
    const others = (await all.slices()).filter(({ treatmentId }) => treatmentId === '1');
    const other = new Set(others.flatMap(({ entries }) => entries.map(({ u }) => u)));
    // Everybody of the second treatment has opted out.
    const users = new Map(names.map((name) => (other.has(name) ? optedOut(name) : pushUser(name))));
    const world = await worldOf({ lines, request, users });
    await resolveRun(world.deps(), world.ctx(), RUN);
    const run = await world.runs.get(RUN.activityId);
    const slices = await world.runs.slices(RUN.activityId);
    const activities = await world.registry.list<ActivityRow>(
      appPartition(RUN.appId),
      activityPrefix(RUN.campaignId),
    );
    const metrics = activities.rows
      .flatMap(({ row }) => (run ? withTotals(row, run, slices) : []))
      .sort((a, b) => a.treatmentId.localeCompare(b.treatmentId))
      .map(({ executionMetrics: shown }) => shown);
    expect(metrics[0]).toMatchObject({ AUDIENCE: String(60 - other.size), SKIPPED: '0' });
    expect(metrics[0]).not.toHaveProperty('ENDPOINT_OPT_OUT');
    expect(metrics[1]).toMatchObject({ SKIPPED: String(other.size), ENDPOINT_OPT_OUT: String(other.size) });
  });

  it('have room for the reasons of any hook, and lose no count', () => {
    const slice = (number: number) => {
      const reasons = Array.from({ length: 100 }, (_, n) => `ORDER_${number}_${n}`);
      const states = `${String.fromCharCode(...reasons.map((_, n) => 0x100 + n))}ssoo`;
      const progress = { done: true, states, legend: { reasons, times: [] }, skippedWritten: true };
      const row = {
        activityId: 'a',
        number,
        attempt: 1,
        objectKey: sliceKey('a', number, 1),
        treatmentId: '0',
      };
      return { ...row, ...progress, entries: 104, skipped: {}, notBefore: 0, round: 0, leaseUntil: 0 };
    };
    const metrics = executionMetrics(
      { metrics: {} },
      totalsOf(Array.from({ length: 50 }, (_, n) => slice(n))),
    );
    expect(Object.keys(metrics).length).toBeLessThan(250);
    expect(metrics).toMatchObject({
      AUDIENCE: '5200',
      SENT: '100',
      SKIPPED: '5100',
      ENDPOINT_OPT_OUT: '100',
    });
    const { AUDIENCE: _a, SENT: _s, FAILED: _f, SKIPPED: _k, UNCERTAIN: _u, ...reasons } = metrics;
    expect(Object.values(reasons).reduce((total, count) => total + Number(count), 0)).toBe(5200);
  });
});
