import type { WriteCampaignRequest } from '@aws-sdk/client-pinpoint';
import { describe, expect, it } from 'vitest';
import {
  type ActivityRow,
  activityPrefix,
  appPartition,
  type CampaignRow,
  campaignKey,
} from '../../../lambdas/pinpoint/campaigns/campaign.ts';
import { tick } from '../../../lambdas/pinpoint/campaigns/tick.ts';
import { activityIdOf, treatmentsOf } from '../../../lambdas/pinpoint/campaigns/treatments.ts';
import type { UserEndpoint } from '../../../lambdas/pinpoint/ports.ts';
import { cancelRun } from '../../../lambdas/pinpoint/runs/cancel-run.ts';
import { SLICE_SIZE } from '../../../lambdas/pinpoint/runs/cutter.ts';
import { MAX_LANES } from '../../../lambdas/pinpoint/runs/lanes.ts';
import { type ResolveDeps, resolveRun } from '../../../lambdas/pinpoint/runs/resolve-run.ts';
import { planKey, type RunPlan } from '../../../lambdas/pinpoint/runs/run.ts';
import { Fault, failingOnce } from './support/faults.ts';
import { pushUser, RUN, START, type World, worldOf } from './support/world.ts';

const ids = (count: number): string[] => Array.from({ length: count }, (_, n) => `u${n}`);
const listed = (names: readonly string[]) => ({
  lines: names.map((u) => ({ u })),
  users: new Map([...new Set(names)].map((name) => pushUser(name))),
});
const endpoint = (id: string, change: Partial<UserEndpoint>): UserEndpoint => ({
  ...{ id, channel: 'GCM', address: 'a', status: 'ACTIVE', optOut: 'NONE' },
  ...change,
});

async function proveEverybodyOnce(world: World, names: readonly string[]): Promise<void> {
  const entries = await world.entries();
  expect(entries.map(({ e }) => e).sort()).toEqual(names.map((name) => `push:${name}`).sort());
  const run = await world.runs.get(RUN.activityId);
  expect(run).toMatchObject({ state: 'RUNNING', queued: true, nextSlice: 1 });
  // As fast as possible: a lane for each slice, at least, none of which is meant for a certain one.
  expect(world.sliceQueue.length).toBeGreaterThanOrEqual(Math.min(run?.slices ?? 0, MAX_LANES));
  expect(new Set(world.sliceQueue.map((lane) => JSON.stringify(lane)))).toEqual(
    new Set([JSON.stringify({ activityId: RUN.activityId, epoch: run?.epoch })]),
  );
  await proveLanesFindEverySlice(world, run?.slices ?? 0);
}

/** Whoever asks for the next slice gets each once, and may take it. */
async function proveLanesFindEverySlice(world: World, slices: number): Promise<void> {
  const found: number[] = [];
  for (let next = await world.runs.nextSlice(RUN.activityId); next; ) {
    found.push(next.nextSlice - 1);
    next = await world.runs.nextSlice(RUN.activityId);
  }
  expect(found).toEqual(Array.from({ length: slices }, (_, n) => n + 1));
  for (const number of found) {
    const row = await world.runs.slice(RUN.activityId, number);
    expect(row?.entries).toBeLessThanOrEqual(SLICE_SIZE);
    expect(row).toMatchObject({ done: false, leaseUntil: 0 });
  }
}

const activities = async (world: World): Promise<ActivityRow[]> =>
  (await world.registry.list<ActivityRow>(appPartition(RUN.appId), activityPrefix(RUN.campaignId))).rows.map(
    ({ row }) => row,
  );
const push = (body: string) => ({ GCMMessage: { Body: body } });
const tenMore = Array.from({ length: 10 }, (_, n) => ({
  SizePercent: 8 + (n % 3) / 4,
  MessageConfiguration: push(`variant ${n + 1}`),
}));
/** Treatment ids by user. */
async function treatmentsByUser(world: World): Promise<Map<string, string>> {
  const slices = await world.slices();
  return new Map(
    slices.flatMap(({ treatmentId, entries }) => entries.map(({ u = '' }) => [u, treatmentId] as const)),
  );
}

describe('resolving a run', () => {
  it('puts each member of the segment into one slice, with what its message names', async () => {
    const names = ids(2 * SLICE_SIZE + 30);
    const world = await worldOf(listed(names));
    await resolveRun(world.deps(), world.ctx(), RUN);
    await proveEverybodyOnce(world, names);
    const slices = await world.slices();
    expect(slices.map(({ entries }) => entries.length)).toEqual([SLICE_SIZE, SLICE_SIZE, 30]);
    expect(slices[0]?.entries[0]).toEqual({ e: 'push:u0', u: 'u0', c: 'GCM', v: [['name of u0']] });
    expect(await world.campaign()).toMatchObject({ status: 'EXECUTING' });
  });

  it('counts a user once who is in the list twice', async () => {
    const world = await worldOf(listed(['a', 'b', 'a', 'c', 'b', 'a']));
    await resolveRun(world.deps(), world.ctx(), RUN);
    await proveEverybodyOnce(world, ['a', 'b', 'c']);
    expect((await world.runs.get(RUN.activityId))?.metrics).toMatchObject({ DUPLICATE_USER: 3 });
  });

  it('sorts endpoints out by Pinpoint’s metrics and keeps skipped ones for the ledger', async () => {
    const more = [
      endpoint('in', { status: 'INACTIVE' }),
      endpoint('out', { optOut: 'ALL' }),
      endpoint('mail', { channel: 'EMAIL' }),
      endpoint('bare', { address: '' }),
      endpoint('none', { channel: undefined }),
      endpoint('apns', { channel: 'APNS' }),
    ];
    const world = await worldOf({
      lines: [{ u: 'a' }, { u: 'nobody' }, { e: 'direct', c: 'GCM', a: 't', u: 'b' }],
      users: new Map([pushUser('a', more), pushUser('b')]),
      request: { MessageConfiguration: { DefaultMessage: { Body: 'hi {{User.UserAttributes.name}}' } } },
    });
    await resolveRun(world.deps(), world.ctx(), RUN);
    expect((await world.entries()).map(({ e }) => e).sort()).toEqual(['apns', 'direct', 'push:a']);
    expect((await world.entries()).find(({ e }) => e === 'direct')?.v).toEqual([['name of b']]);
    const skipped = (await world.slices()).flatMap((slice) => slice.skipped);
    expect(skipped.map(({ e, r }) => [e, r]).sort()).toEqual([
      ['bare', 'ENDPOINT_MISSING_ADDRESS'],
      ['in', 'ENDPOINT_INACTIVE'],
      ['out', 'ENDPOINT_OPT_OUT'],
    ]);
    expect((await world.runs.get(RUN.activityId))?.metrics).toEqual({
      ENDPOINT_PRODUCED: 8,
      ENDPOINTS_FROM_USER: 7,
      ENDPOINT_INACTIVE: 1,
      ENDPOINT_OPT_OUT: 1,
      ENDPOINT_CHANNEL_MISMATCH: 1,
      ENDPOINT_MISSING_ADDRESS: 1,
      ENDPOINT_MISSING_CHANNEL: 1,
      USER_WITHOUT_ENDPOINT: 1,
    });
  });

  it('holds out its share, the same members each time, and keeps them for the ledger', async () => {
    const names = ids(3000);
    const heldOut = async () => {
      const world = await worldOf({ ...listed(names), request: { HoldoutPercent: 10 } });
      await resolveRun(world.deps(), world.ctx(), RUN);
      const skipped = (await world.slices()).flatMap((slice) => slice.skipped);
      expect(skipped.length + (await world.entries()).length).toBe(names.length);
      expect(new Set(skipped.map(({ r }) => r))).toEqual(new Set(['HOLDOUT']));
      return skipped.map(({ u }) => u);
    };
    const first = await heldOut();
    expect(Math.abs(first.length - 300)).toBeLessThan(80);
    expect(await heldOut()).toEqual(first);
  });

  it('goes on where it was when its time ran out', async () => {
    const names = ids(2600);
    const world = await worldOf(listed([...names, 'u3', 'u2000']));
    const hurried = { ...world.deps() };
    hurried.clock = () => {
      world.advance(400);
      return world.ctx(0).now;
    };
    let turns = 0;
    for (world.runQueue.push(RUN); world.runQueue.pop(); turns++)
      await resolveRun(hurried, world.ctx(22_000), RUN);
    expect(turns).toBeGreaterThan(1);
    await proveEverybodyOnce(world, names);
  });

  it('comes to its end however little time it is given each turn', async () => {
    const names = ids(2600);
    const world = await worldOf(listed(names));
    let turns = 0;
    let lines = 0;
    for (world.runQueue.push(RUN); world.runQueue.pop(); turns++) {
      // Its time is over before it begins.
      await resolveRun(world.deps(), world.ctx(0), RUN);
      const run = await world.runs.get(RUN.activityId);
      expect(run?.state === 'RUNNING' || (run?.lines ?? 0) > lines).toBe(true);
      lines = run?.lines ?? 0;
    }
    expect(turns).toBeGreaterThan(3);
    await proveEverybodyOnce(world, names);
  });

  it('keeps its lease while it passes over what an earlier attempt has done', async () => {
    const names = ids(8000);
    const world = await worldOf(listed(names));
    for (let turn = 0; turn < 14; turn++) await resolveRun(world.deps(), world.ctx(0), RUN);
    expect((await world.runs.get(RUN.activityId))?.lines).toBe(7000);
    const deps = world.deps();
    const slow = {
      ...deps,
      lists: {
        ...deps.lists,
        async *read(...args: Parameters<ResolveDeps['lists']['read']>) {
          for await (const chunk of deps.lists.read(...args)) {
            world.advance(1_500);
            const now = world.ctx().now;
            const other = await world.runs.takeUp({ ...RUN, callSize: 100, listLines: 100 }, now, now + 1000);
            expect(other).toBeUndefined();
            yield chunk;
          }
        },
      },
    };
    await resolveRun(slow, world.ctx(), RUN);
    await proveEverybodyOnce(world, names);
  });

  it('ends a run at once whose segment has nobody', async () => {
    const world = await worldOf({ lines: [] });
    await resolveRun(world.deps(), world.ctx(), RUN);
    expect(await world.campaign()).toMatchObject({ status: 'COMPLETED' });
  });

  it('marks a campaign INVALID whose segment is gone', async () => {
    const world = await worldOf({ lines: [], request: { SegmentId: 'deleted' } });
    await resolveRun(world.deps(), world.ctx(), RUN);
    expect(await world.campaign()).toMatchObject({ status: 'INVALID' });
  });

  it('does nothing for a campaign that is over', async () => {
    const world = await worldOf({ lines: [] });
    for (let n = 0; n < 2; n++) await resolveRun(world.deps(), world.ctx(), RUN);
    expect(world.sliceQueue).toHaveLength(0);
    expect(world.runQueue).toHaveLength(0);
  });
});

describe('an audience in treatments', () => {
  const names = ids(6000);
  const request = { HoldoutPercent: 5, AdditionalTreatments: tenMore };
  const treated = async (more: Partial<WriteCampaignRequest> = {}, campaignId?: string) => {
    const world = await worldOf({ ...listed(names), request: { ...request, ...more } });
    if (campaignId !== undefined) {
      const key = campaignKey(RUN.appId, RUN.campaignId);
      const stored = await world.registry.remove<CampaignRow>(key);
      if (!stored) throw new Error('There is no campaign');
      const run = { ...RUN, campaignId, activityId: RUN.activityId };
      await world.registry.create(campaignKey(RUN.appId, campaignId), { ...stored.row, id: campaignId });
      await resolveRun(world.deps(), world.ctx(), run);
    } else await resolveRun(world.deps(), world.ctx(), RUN);
    return world;
  };

  it('has up to eleven of them, each with its share, its slices and its activity', async () => {
    const world = await treated();
    const slices = await world.slices();
    const held = slices.flatMap(({ skipped }) => skipped.filter(({ r }) => r === 'HOLDOUT'));
    const counts = new Map<string, number>([['holdout', held.length]]);
    for (const id of (await treatmentsByUser(world)).values()) counts.set(id, (counts.get(id) ?? 0) + 1);
    const shares = [
      { id: 'holdout', buckets: 500 },
      ...treatmentsOf({ ...request, MessageConfiguration: push('') }),
    ];
    expect(counts.size).toBe(12);
    for (const { id, buckets } of shares) {
      const share = buckets / 10_000;
      // Five standard deviations of a fair draw.
      const spread = 5 * Math.sqrt(names.length * share * (1 - share));
      expect(Math.abs((counts.get(id) ?? 0) - names.length * share)).toBeLessThan(spread);
    }
    expect([...counts.values()].reduce((sum, count) => sum + count)).toBe(names.length);
    const shown = await activities(world);
    expect(shown.map(({ treatmentId }) => treatmentId).sort()).toEqual(
      [...'0123456789', '10'].sort((a, b) => (a < b ? -1 : 1)),
    );
    expect(new Set(shown.map(({ id }) => id)).size).toBe(11);
    for (const { id, treatmentId, state } of shown) {
      expect(id).toBe(activityIdOf(RUN.campaignId, 1, treatmentId));
      expect(state).toBe('RUNNING');
    }
    expect((await world.runs.get(RUN.activityId))?.metrics).toMatchObject({ TREATMENT_HOLDOUT: held.length });
    await proveEverybodyOnce(
      world,
      names.filter((name) => !held.some(({ u }) => u === name)),
    );
  });

  it('gives a member the same one over retries', async () => {
    const first = await treatmentsByUser(await treated());
    const world = await worldOf({ ...listed(names), request });
    for (world.runQueue.push(RUN); world.runQueue.pop(); ) await resolveRun(world.deps(), world.ctx(0), RUN);
    expect(await treatmentsByUser(world)).toEqual(first);
  });

  it('gives a member the same one in two campaigns of one repoint:campaign, and not without it', async () => {
    const tags = { 'repoint:campaign': 'weekly' };
    const [one, two] = [await treated({ tags }), await treated({ tags }, 'campaign-2')];
    const [first, second] = [await treatmentsByUser(one), await treatmentsByUser(two)];
    expect(first.size).toBeGreaterThan(5000);
    expect(second).toEqual(first);
    const apart = await treatmentsByUser(await treated({}, 'campaign-2'));
    const same = [...first].filter(([user, id]) => apart.get(user) === id).length;
    expect(same).toBeLessThan(0.25 * first.size);
  });

  it('may speak to different channels', async () => {
    const half = names.slice(0, 2000);
    const users = new Map(
      half.map((name) =>
        pushUser(name, [endpoint(`mail:${name}`, { channel: 'EMAIL', address: `${name}@e` })]),
      ),
    );
    const email = { EmailMessage: { Title: 'hi', HtmlBody: '<p>hi</p>' } };
    const world = await worldOf({
      lines: half.map((u) => ({ u })),
      users,
      request: { AdditionalTreatments: [{ SizePercent: 50, MessageConfiguration: email }] },
    });
    await resolveRun(world.deps(), world.ctx(), RUN);
    const slices = await world.slices();
    for (const { kind, treatmentId, entries } of slices) {
      expect([treatmentId, kind]).toEqual(treatmentId === '1' ? ['1', 'email'] : ['0', 'push']);
      expect(new Set(entries.map(({ c }) => c))).toEqual(new Set([treatmentId === '1' ? 'EMAIL' : 'GCM']));
    }
    // Each user is in one treatment and gets its one message.
    expect((await treatmentsByUser(world)).size).toBe(half.length);
    expect((await world.entries()).length).toBe(half.length);
    expect((await world.runs.get(RUN.activityId))?.metrics).toMatchObject({
      ENDPOINT_CHANNEL_MISMATCH: half.length,
    });
  });
});

describe('an address', () => {
  const direct = (id: string, address: string) => ({ e: id, c: 'GCM', a: address });
  const duplicates = async (world: World) =>
    (await world.slices())
      .flatMap(({ skipped }) => skipped)
      .filter(({ r }) => r === 'DUPLICATE_ADDRESS')
      .map(({ e }) => e);

  it('gets one message of a run, whichever of its endpoints comes first', async () => {
    const users = new Map([pushUser('a'), pushUser('b', [endpoint('b2', { address: 'token-a' })])]);
    const world = await worldOf({
      lines: [{ u: 'a' }, { u: 'b' }, direct('d1', 'other'), direct('d2', 'other'), direct('d1', 'other')],
      users,
    });
    await resolveRun(world.deps(), world.ctx(), RUN);
    expect((await world.entries()).map(({ e }) => e).sort()).toEqual(['d1', 'push:a', 'push:b']);
    expect((await duplicates(world)).sort()).toEqual(['b2', 'd2']);
    expect((await world.runs.get(RUN.activityId))?.metrics).toMatchObject({
      DUPLICATE_ADDRESS: 2,
      DUPLICATE_ENDPOINT: 1,
    });
  });

  it('is known over a checkpoint', async () => {
    const lines = Array.from({ length: 1200 }, (_, n) => direct(`d${n}`, `token-${n}`));
    const again = [direct('late', 'token-3'), direct('d7', 'token-7'), direct('own', 'token-own')];
    const world = await worldOf({ lines: [...lines, ...again] });
    for (world.runQueue.push(RUN); world.runQueue.pop(); ) await resolveRun(world.deps(), world.ctx(0), RUN);
    expect((await world.runs.get(RUN.activityId))?.attempt).toBeGreaterThan(2);
    expect(await duplicates(world)).toEqual(['late']);
    expect((await world.entries()).length).toBe(1201);
    expect((await world.runs.get(RUN.activityId))?.metrics).toMatchObject({ DUPLICATE_ENDPOINT: 1 });
  });
});

describe('a run at local time', () => {
  const HOUR = 3_600_000;
  // 09:00 of a schedule that begins where the day does latest: everybody else's 09:00 has passed or is to come.
  const request = {
    Schedule: { StartTime: new Date(START).toISOString(), IsLocalTime: true, Timezone: 'UTC' },
  };
  const zones = new Map([
    ['push:london', 'Europe/London'],
    ['push:newyork', 'America/New_York'],
    ['push:bogota', 'America/Bogota'],
    ['push:seoul', 'Asia/Seoul'],
    ['push:nonsense', 'Mars/Olympus'],
  ]);
  const names = ['london', 'newyork', 'bogota', 'seoul', 'nonsense', 'nowhere'];

  it('gives each zone its own slices and their time, and skips who has none', async () => {
    const world = await worldOf({ ...listed(names), request, zones });
    await resolveRun(world.deps(), world.ctx(), RUN);
    const starts = new Map(
      (await world.slices()).flatMap(({ entries, startAt }) => entries.map(({ u = '' }) => [u, startAt])),
    );
    expect(starts).toEqual(
      new Map([
        ['london', START],
        // 1 November 2026: New York has left summer time.
        ['newyork', START + 5 * HOUR],
        ['bogota', START + 5 * HOUR],
      ]),
    );
    const skipped = (await world.slices()).flatMap((slice) => slice.skipped);
    expect(new Map(skipped.map(({ u, r }) => [u, r]))).toEqual(
      new Map([
        ['seoul', 'ENDPOINT_TIMEZONE_MISMATCH'],
        ['nonsense', 'ENDPOINT_TIMEZONE_MISMATCH'],
        ['nowhere', 'ENDPOINT_MISSING_TIMEZONE'],
      ]),
    );
    expect((await world.runs.get(RUN.activityId))?.metrics).toMatchObject({
      ENDPOINT_MISSING_TIMEZONE: 1,
      ENDPOINT_TIMEZONE_MISMATCH: 2,
    });
    const rows = await world.runs.slices(RUN.activityId);
    const waiting = rows
      .filter(({ entries }) => entries > 0)
      .map(({ notBefore, entries }) => [notBefore, entries]);
    expect(waiting.sort()).toEqual(
      [
        [START, 1],
        [START + 5 * HOUR, 2],
      ].sort(),
    );
    const hold = { activityId: RUN.activityId, number: 2, owner: 'early' };
    expect(await world.runs.takeSlice(hold, START + 5 * HOUR - 1, START + 6 * HOUR)).toBeUndefined();
    expect(await world.runs.takeSlice(hold, START + 5 * HOUR, START + 6 * HOUR)).toBeDefined();
  });
});

describe('the controls of a run', () => {
  const resolvedWith = async (request: Partial<WriteCampaignRequest>, change: Partial<CampaignRow> = {}) => {
    const world = await worldOf({ ...listed(ids(3000)), request });
    const stored = await world.registry.get<CampaignRow>(campaignKey(RUN.appId, RUN.campaignId));
    if (!stored) throw new Error('There is no campaign');
    await world.registry.replace(stored, { ...stored.row, ...change });
    await resolveRun(world.deps(), world.ctx(), RUN);
    return world;
  };
  const rateWith = async (...given: Parameters<typeof resolvedWith>) =>
    (await (await resolvedWith(...given)).runs.get(RUN.activityId))?.ratePerMinute;
  const defaults = (limits: WriteCampaignRequest['Limits']) => ({ defaults: { Limits: limits } });

  it('take their rate from the tag, the campaign’s limits, or the application’s', async () => {
    expect(await rateWith({})).toBeUndefined();
    expect(await rateWith({ Limits: { MessagesPerSecond: 50 } })).toBe(3000);
    expect(await rateWith({}, defaults({ MessagesPerSecond: 20 }))).toBe(1200);
    expect(await rateWith({ Limits: { MessagesPerSecond: 50 } }, defaults({ MessagesPerSecond: 20 }))).toBe(
      3000,
    );
    const tags = { 'repoint:rate': '777' };
    expect(await rateWith({ tags, Limits: { MessagesPerSecond: 50 } })).toBe(777);
  });

  it('queue no more lanes than the rate can use', async () => {
    const slow = await resolvedWith({ tags: { 'repoint:rate': '60' } });
    expect(slow.sliceQueue.length).toBeLessThanOrEqual(2);
    expect(slow.sliceQueue.length).toBeGreaterThan(0);
  });

  it('cap a campaign by its own limits before the application’s, under its tag where it has one', async () => {
    const capsWith = async (...given: Parameters<typeof resolvedWith>) =>
      (await (await resolvedWith(...given)).objects.get<RunPlan>(planKey(RUN.activityId)))?.caps;
    expect(await capsWith({})).toBeUndefined();
    const app = defaults({ Daily: 3, Total: 9 });
    expect(await capsWith({}, app)).toEqual({
      campaignKey: RUN.campaignId,
      limits: { total: 9, appDaily: 3 },
    });
    const tags = { 'repoint:campaign': 'weekly' };
    expect(await capsWith({ tags, Limits: { Daily: 1, Total: 2 } }, app)).toEqual({
      campaignKey: 'weekly',
      limits: { daily: 1, total: 2, appDaily: 3 },
    });
  });

  it('end a run when its MaximumDuration after the scheduled start is over', async () => {
    const endBy = async (...given: Parameters<typeof resolvedWith>) =>
      (await (await resolvedWith(...given)).runs.get(RUN.activityId))?.endBy;
    expect(await endBy({})).toBeUndefined();
    expect(await endBy({ Limits: { MaximumDuration: 600 } })).toBe(START + 600_000);
    expect(await endBy({}, defaults({ MaximumDuration: 60 }))).toBe(START + 60_000);
  });

  it('let a run rest whose campaign was paused while it was resolved', async () => {
    const world = await worldOf(listed(ids(1300)));
    await resolveRun(world.deps(), world.ctx(0), RUN);
    const stored = await world.registry.get<CampaignRow>(campaignKey(RUN.appId, RUN.campaignId));
    if (!stored) throw new Error('There is no campaign');
    await world.registry.replace(stored, { ...stored.row, status: 'PAUSED', begun: true });
    await world.runs.control(RUN.activityId, { paused: 'REQUESTED' });
    for (; world.runQueue.pop(); ) await resolveRun(world.deps(), world.ctx(), RUN);
    expect(await world.runs.get(RUN.activityId)).toMatchObject({ state: 'RUNNING', paused: 'REQUESTED' });
    expect(world.sliceQueue).toEqual([]);
    expect((await activities(world)).map(({ state }) => state)).toEqual(['PAUSED']);
  });

  it('let a run rest that was paused before it had a row', async () => {
    const world = await resolvedWith({ IsPaused: true }, { status: 'PAUSED', begun: true });
    expect(await world.runs.get(RUN.activityId)).toMatchObject({ state: 'RUNNING', paused: 'REQUESTED' });
    expect(world.sliceQueue).toEqual([]);
    expect((await activities(world)).map(({ state }) => state)).toEqual(['PAUSED']);
  });
});

describe('cancelling a run', () => {
  const cancelled = (world: World) => cancelRun(world.deps(), RUN.activityId, world.ctx().now);

  it('does nothing where there is none, or it is over', async () => {
    const world = await worldOf({ lines: [] });
    await cancelled(world);
    expect(await world.runs.get(RUN.activityId)).toBeUndefined();
    await resolveRun(world.deps(), world.ctx(), RUN);
    await cancelled(world);
    expect((await world.runs.get(RUN.activityId))?.state).toBe('COMPLETED');
    expect(world.sliceQueue).toEqual([]);
  });

  it('queues lanes for those who are left, once', async () => {
    const world = await worldOf(listed(ids(2500)));
    await resolveRun(world.deps(), world.ctx(), RUN);
    await world.runs.nextSlice(RUN.activityId);
    world.sliceQueue.length = 0;
    await cancelled(world);
    await cancelled(world);
    expect((await world.runs.get(RUN.activityId))?.state).toBe('CANCELLED');
    // The slice that was begun and given back, and two lanes for those nobody has begun with.
    expect(world.sliceQueue.map(({ slice }) => slice)).toEqual([1, undefined, undefined]);
  });

  it('of one that rests reaches everybody as well', async () => {
    const world = await worldOf(listed(ids(1500)));
    await resolveRun(world.deps(), world.ctx(), RUN);
    await world.runs.control(RUN.activityId, { paused: 'REQUESTED' });
    world.sliceQueue.length = 0;
    await cancelled(world);
    expect(world.sliceQueue).toHaveLength(2);
  });

  it('in the middle of resolving keeps the slices of its checkpoint, and what comes late changes nothing', async () => {
    const world = await worldOf(listed(ids(2600)));
    await resolveRun(world.deps(), world.ctx(0), RUN);
    const before = await world.runs.get(RUN.activityId);
    expect(before).toMatchObject({ state: 'RESOLVING', slices: 1, lines: 500 });
    const deps = world.deps();
    let written = 0;
    const meanwhile: ResolveDeps = {
      ...deps,
      runs: {
        ...deps.runs,
        putSlice: async (...args) => {
          await deps.runs.putSlice(...args);
          // The second slice of this attempt is written, the third one comes after the end.
          if (++written === 1) await cancelled(world);
        },
      },
    };
    await resolveRun(meanwhile, world.ctx(), RUN);
    expect(written).toBeGreaterThan(1);
    expect(await world.runs.get(RUN.activityId)).toMatchObject({ state: 'CANCELLED', slices: 1 });
    const taken = await world.runs.nextSlice(RUN.activityId);
    expect(taken?.nextSlice).toBe(2);
    expect(await world.runs.nextSlice(RUN.activityId)).toBeUndefined();
    const hold = { activityId: RUN.activityId, number: 1, owner: 'w' };
    await world.runs.takeSlice(hold, world.ctx().now, world.ctx().now + 1000);
    await world.runs.finish(hold, { states: 's'.repeat(500), legend: { reasons: [], times: [] } });
    world.advance(61_000);
    await tick(world.deps(), world.ctx());
    expect(
      (await activities(world)).map(({ state, totalEndpointCount }) => [state, totalEndpointCount]),
    ).toEqual([['CANCELLED', 500]]);
  });

  it('before anything is cut leaves nothing open', async () => {
    const world = await worldOf(listed(ids(100)));
    await world.runs.takeUp({ ...RUN, callSize: 100, listLines: 100 }, START, START + 1000);
    await cancelled(world);
    await resolveRun(world.deps(), world.ctx(), RUN);
    expect(world.sliceQueue).toEqual([]);
    world.advance(61_000);
    await tick(world.deps(), world.ctx());
    expect((await activities(world)).map(({ state, result }) => [state, result])).toEqual([
      ['CANCELLED', 'FAIL'],
    ]);
  });
});

const wrapped = (deps: ResolveDeps, wrap: <Port extends object>(port: Port) => Port): ResolveDeps => ({
  ...deps,
  registry: wrap(deps.registry),
  runs: wrap(deps.runs),
  objects: wrap(deps.objects),
  endpoints: wrap(deps.endpoints),
  runQueue: wrap(deps.runQueue),
  sliceQueue: wrap(deps.sliceQueue),
});

describe('a resolve that breaks off at any point', () => {
  const names = ids(SLICE_SIZE + 400);
  const again = async (world: World) => {
    for (let turn = 0; turn < 5; turn++) {
      world.advance(61_000);
      await resolveRun(world.deps(), world.ctx(), RUN);
    }
  };

  it.each(['before', 'after'] as const)('is made good by the next one, killed %s a call', async (moment) => {
    for (let at = 1; ; at++) {
      const world = await worldOf(listed(names));
      const fault = new Fault(at, moment);
      const deps = wrapped(world.deps(), (port) => fault.on(port));
      await resolveRun(deps, world.ctx(), RUN).catch(() => undefined);
      await again(world);
      await proveEverybodyOnce(world, names);
      if (!fault.struck) break;
    }
  });

  it('is made good by the next one after an error', async () => {
    for (let at = 1; ; at++) {
      const world = await worldOf(listed(names));
      const shared = { calls: 0 };
      const deps = wrapped(world.deps(), (port) => failingOnce(port, shared, at));
      await resolveRun(deps, world.ctx(), RUN).catch(() => undefined);
      if (shared.calls < at) break;
      await again(world);
      await proveEverybodyOnce(world, names);
    }
  });

  it('cannot spoil what its successor cut, however late it writes', async () => {
    const world = await worldOf(listed(names));
    const late = world.deps();
    let released: () => void = () => undefined;
    const gate = new Promise<void>((resolve) => {
      released = resolve;
    });
    const asleep = {
      ...late,
      runs: {
        ...late.runs,
        putSlice: async (...args: Parameters<ResolveDeps['runs']['putSlice']>) => {
          await gate;
          return late.runs.putSlice(...args);
        },
      },
    };
    const first = resolveRun(asleep, world.ctx(), RUN);
    await new Promise((resolve) => setTimeout(resolve, 20));
    world.advance(61_000);
    await resolveRun(world.deps(), world.ctx(), RUN);
    const before = await world.slices();
    released();
    await first;
    expect(await world.slices()).toEqual(before);
    await proveEverybodyOnce(world, names);
  });
});
