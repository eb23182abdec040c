import { DeleteCampaignCommand, type WriteCampaignRequest } from '@aws-sdk/client-pinpoint';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { updateCampaign } from '../../../lambdas/pinpoint/campaigns/update-campaign.ts';
import { closeRun } from '../../../lambdas/pinpoint/runs/close-run.ts';
import type { RunStore } from '../../../lambdas/pinpoint/runs/ports.ts';
import { showPause } from '../../../lambdas/pinpoint/runs/show-pause.ts';
import { inMinutes, startWorld, VALID, type World } from './support/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.close());
beforeEach(() => {
  world.runQueue.length = 0;
  world.sliceQueue.length = 0;
});

const MINUTE = 60_000;
const later = () => ({ Schedule: { StartTime: inMinutes(60) } });
const controlsOf = async (id: string) => world.runs.get((await world.rowOf(id)).activityId);
const runsQueued = () => world.runQueue.map(({ campaignId }) => campaignId);
const lanesOf = async (id: string) => {
  const { activityId } = await world.rowOf(id);
  return world.sliceQueue.filter((lane) => lane.activityId === activityId);
};
const refused = (message: RegExp) => ({
  name: 'BadRequestException',
  message: expect.stringMatching(message),
});

describe('UpdateCampaign before the campaign begins', () => {
  it('replaces what is given, keeps the rest and counts the version', async () => {
    const { Id } = await world.create({ ...later(), Limits: { Daily: 1, Total: 2 }, HoldoutPercent: 5 });
    const EmailMessage = { Title: 'New', HtmlBody: '<p>New</p>' };
    const updated = await world.update(Id, {
      Name: 'renamed',
      Limits: { Total: 3 },
      MessageConfiguration: { EmailMessage },
    });
    expect(updated).toMatchObject({
      Name: 'renamed',
      Version: 2,
      HoldoutPercent: 5,
      SegmentVersion: 3,
      State: { CampaignStatus: 'SCHEDULED' },
    });
    expect(updated?.Limits).toEqual({ Total: 3 });
    expect(updated?.MessageConfiguration).toEqual({ EmailMessage });
    expect(await world.read(Id)).toEqual(updated);
  });

  it('begins at the new time', async () => {
    const { Id } = await world.create(later());
    await world.update(Id, { Schedule: { StartTime: inMinutes(180) } });
    await world.tickIn(90 * MINUTE);
    expect(runsQueued()).not.toContain(Id);
    await world.tickIn(181 * MINUTE);
    expect(runsQueued()).toContain(Id);
  });

  it('begins at once when asked to', async () => {
    const { Id } = await world.create(later());
    await world.update(Id, { Schedule: { StartTime: 'IMMEDIATE' } });
    expect(runsQueued()).toEqual([Id]);
  });

  it('is not begun by a message from before it was put off', async () => {
    const { Id } = await world.create();
    await world.update(Id, later());
    await expect(world.beginRun(Id)).rejects.toThrow('was not claimed');
  });

  it('changes to another segment in its current version, and to another version', async () => {
    const { Id } = await world.create({ ...later(), SegmentVersion: 1 });
    expect(await world.update(Id, { SegmentVersion: 2 })).toMatchObject({ SegmentVersion: 2 });
    expect(await world.update(Id, { SegmentId: 'segment-1' })).toMatchObject({ SegmentVersion: 3 });
    await expect(world.update(Id, { SegmentId: 'elsewhere' })).rejects.toMatchObject({
      name: 'NotFoundException',
      message: expect.stringContaining('SegmentId'),
    });
  });

  it('is refused as a whole when something is wrong', async () => {
    const { Id } = await world.create(later());
    await expect(world.update(Id, { Name: 'x', HoldoutPercent: 101 })).rejects.toMatchObject(
      refused(/^HoldoutPercent is 101/),
    );
    expect(await world.read(Id)).toMatchObject({ Name: 'sale', Version: 1 });
  });

  it.each<[string, WriteCampaignRequest, WriteCampaignRequest, object]>([
    [
      'a tag takes the place of a limit',
      { Limits: { MessagesPerSecond: 5 } },
      { tags: { 'repoint:rate': '90' } },
      { tags: { ...VALID.tags, 'repoint:rate': '90' }, Limits: {} },
    ],
    [
      'a limit takes the place of a tag',
      { tags: { 'repoint:rate': '90' } },
      { Limits: { MessagesPerSecond: 5 } },
      { tags: {}, Limits: { MessagesPerSecond: 5 } },
    ],
    [
      'an empty tag takes it away',
      { tags: { 'repoint:rate': '90', team: 'a' } },
      { tags: { 'repoint:rate': '' } },
      { tags: { team: 'a' } },
    ],
  ])('gives it one rate: %s', async (_how, before, given, after) => {
    const { Id } = await world.create({ ...later(), ...before });
    const updated = await world.update(Id, given);
    expect({ tags: updated?.tags, Limits: updated?.Limits }).toEqual({ Limits: {}, ...after });
  });
});

describe('a campaign paused before it began', () => {
  it('is not started by a tick, whenever it comes', async () => {
    const { Id } = await world.create(later());
    expect(await world.update(Id, { IsPaused: true })).toMatchObject({
      IsPaused: true,
      State: { CampaignStatus: 'PAUSED' },
    });
    await world.tickIn(61 * MINUTE);
    await world.tickIn(24 * 60 * MINUTE);
    expect(runsQueued()).not.toContain(Id);
    expect(await world.activities(Id)).toEqual([]);
  });

  it('is not started by a message that was queued before', async () => {
    const { Id } = await world.create();
    await world.update(Id, { IsPaused: true });
    expect(await world.rowOf(Id)).toMatchObject({ status: 'PAUSED' });
    expect((await world.rowOf(Id)).begun).toBeUndefined();
  });

  it('begins at its time when it is resumed before', async () => {
    const { Id } = await world.create({ ...later(), IsPaused: true });
    expect(await world.update(Id, { IsPaused: false })).toMatchObject({
      IsPaused: false,
      State: { CampaignStatus: 'SCHEDULED' },
    });
    expect(runsQueued()).toEqual([]);
    await world.tickIn(61 * MINUTE);
    expect(runsQueued()).toContain(Id);
  });

  it('begins at once when it is resumed after its time', async () => {
    const { Id } = await world.create({ IsPaused: true });
    await world.update(Id, { Name: 'still resting' });
    expect(runsQueued()).toEqual([]);
    const resumedAt = Date.now();
    await world.update(Id, { IsPaused: false });
    expect(runsQueued()).toEqual([Id]);
    expect((await world.rowOf(Id)).startAt).toBeGreaterThanOrEqual(resumedAt);
  });
});

describe('UpdateCampaign while the campaign runs', () => {
  it('pauses it in the middle: no grant passes, and everything shows it', async () => {
    const { Id } = await world.create();
    const { activityId } = await world.run(Id);
    expect(await world.update(Id, { IsPaused: true })).toMatchObject({
      IsPaused: true,
      Version: 2,
      State: { CampaignStatus: 'PAUSED' },
    });
    const ask = { epoch: 2, now: Date.now(), costMs: 0, ahead: false, horizonMs: 2500, tried: 0, failed: 0 };
    expect((await world.runs.grant(activityId, ask)).granted).toBe(false);
    expect(await world.activities(Id)).toMatchObject([
      { State: 'PAUSED', ExecutionMetrics: { PAUSED: 'REQUESTED' } },
    ]);
    expect(world.sliceQueue).toEqual([]);
  });

  it('goes on when it is resumed, with lanes of the new epoch', async () => {
    const { Id } = await world.create();
    const { activityId } = await world.run(Id);
    await world.update(Id, { IsPaused: true });
    expect(await world.update(Id, { IsPaused: false })).toMatchObject({
      IsPaused: false,
      Version: 3,
      State: { CampaignStatus: 'EXECUTING' },
    });
    expect((await controlsOf(Id))?.paused).toBeUndefined();
    expect(world.sliceQueue).toEqual(Array(3).fill({ activityId, epoch: 3 }));
    const [activity] = await world.activities(Id);
    expect(activity).toMatchObject({ State: 'RUNNING' });
    expect(activity?.ExecutionMetrics).not.toHaveProperty('PAUSED');
  });

  it('is looked after by the tick while it rests, and not set going', async () => {
    const { Id } = await world.create();
    await world.run(Id);
    await world.update(Id, { IsPaused: true });
    for (const minutes of [2, 5, 9]) await world.tickIn(minutes * MINUTE);
    expect(await lanesOf(Id)).toEqual([]);
    expect(await world.rowOf(Id)).toMatchObject({ status: 'PAUSED', watch: { idleLooks: 3 } });
    await world.update(Id, { IsPaused: false });
    world.sliceQueue.length = 0;
    await world.tickIn(20 * MINUTE);
    expect(await lanesOf(Id)).toHaveLength(3);
  });

  it.each<[string, WriteCampaignRequest, number]>([
    ['the tag', { tags: { 'repoint:rate': '90' } }, 90],
    ['the limit', { Limits: { MessagesPerSecond: 5 } }, 300],
  ])('changes its rate at once by %s', async (_how, change, ratePerMinute) => {
    const { Id } = await world.create({ tags: { 'repoint:rate': '1000' }, Limits: { Daily: 1 } });
    await world.run(Id);
    const updated = await world.update(Id, change);
    expect(updated).toMatchObject({ Limits: { Daily: 1 }, State: { CampaignStatus: 'EXECUTING' } });
    expect(await controlsOf(Id)).toMatchObject({ ratePerMinute, epoch: 2 });
    expect(world.sliceQueue.length).toBeGreaterThan(0);
  });

  it('takes the rate away with an empty tag', async () => {
    const { Id } = await world.create({ tags: { 'repoint:rate': '1000' } });
    await world.run(Id);
    await world.update(Id, { tags: { 'repoint:rate': '' } });
    expect((await controlsOf(Id))?.ratePerMinute).toBeUndefined();
  });

  it('keeps resting when only its rate is changed', async () => {
    const { Id } = await world.create();
    await world.run(Id);
    await world.update(Id, { IsPaused: true });
    await world.update(Id, { tags: { 'repoint:rate': '60' } });
    expect(await controlsOf(Id)).toMatchObject({ paused: 'REQUESTED', ratePerMinute: 60 });
    expect(await world.read(Id)).toMatchObject({ IsPaused: true, State: { CampaignStatus: 'PAUSED' } });
    expect(world.sliceQueue).toEqual([]);
  });

  it('refuses every other change by its name, and changes nothing', async () => {
    const { Id } = await world.create({ Limits: { Daily: 1 } });
    await world.run(Id);
    const change: WriteCampaignRequest = {
      IsPaused: true,
      Name: 'other',
      HoldoutPercent: 1,
      Limits: { Daily: 2, MessagesPerSecond: 1 },
      MessageConfiguration: { GCMMessage: { Body: 'other' } },
      Schedule: { StartTime: inMinutes(10) },
      tags: { team: 'a', 'repoint:rate': '60' },
    };
    await expect(world.update(Id, change)).rejects.toMatchObject(
      refused(
        /HoldoutPercent .*MessageConfiguration .*Name cannot change while .*Schedule.StartTime .*Limits.Daily .*tags.team /,
      ),
    );
    expect(await world.read(Id)).toMatchObject({ Version: 1, State: { CampaignStatus: 'EXECUTING' } });
    expect(await controlsOf(Id)).toMatchObject({ epoch: 1 });
  });

  it('refuses a rate that is none', async () => {
    const { Id } = await world.create();
    await world.run(Id);
    await expect(world.update(Id, { Limits: { MessagesPerSecond: 0 } })).rejects.toMatchObject(
      refused(/^Limits.MessagesPerSecond is 0: a rate of 0/),
    );
  });

  it('takes the whole request as the campaign is shown, and what differs', async () => {
    const made = await world.create({ Limits: { Daily: 1 } });
    await world.run(made.Id);
    const { Name, SegmentId, SegmentVersion, Schedule, MessageConfiguration, HoldoutPercent, tags, Limits } =
      made;
    const whole = {
      Name,
      SegmentId,
      SegmentVersion,
      Schedule,
      MessageConfiguration,
      HoldoutPercent,
      tags,
      Limits,
    };
    expect(await world.update(made.Id, { ...whole, IsPaused: true })).toMatchObject({
      State: { CampaignStatus: 'PAUSED' },
    });
  });
});

describe('an update that another one overtakes', () => {
  it.each<[string, WriteCampaignRequest, WriteCampaignRequest, object]>([
    ['a pause by a resumption', { IsPaused: true }, { IsPaused: false }, { paused: undefined }],
    [
      'a rate by a rate',
      { tags: { 'repoint:rate': '60' } },
      { tags: { 'repoint:rate': '90' } },
      { ratePerMinute: 90 },
    ],
    [
      'a rate by a pause',
      { tags: { 'repoint:rate': '60' } },
      { IsPaused: true },
      { paused: 'REQUESTED', ratePerMinute: 60 },
    ],
  ])('lets the last one stand: %s', async (_what, first, second, controls) => {
    const { Id } = await world.create();
    await world.run(Id);
    let overtaken = false;
    const control: RunStore['control'] = async (...given) => {
      if (!overtaken) {
        overtaken = true;
        await world.update(Id, second);
      }
      return world.runs.control(...given);
    };
    const update = updateCampaign({ ...world.deps, runs: { ...world.runs, control } });
    const now = Date.now();
    const ctx = { actor: 'test', requestId: 'r', now, deadline: now + 9_000, region: 'r', accountId: 'a' };
    await update(
      { ApplicationId: world.app, CampaignId: Id, WriteCampaignRequest: first },
      { ...ctx, newId: () => 'id' },
    );
    expect(overtaken).toBe(true);
    const run = await controlsOf(Id);
    expect({ paused: undefined, ...run }).toMatchObject(controls);
    expect((await world.rowOf(Id)).status).toBe(run?.paused === undefined ? 'EXECUTING' : 'PAUSED');
  });
});

describe('a run that paused itself', () => {
  async function failing(): Promise<string> {
    const { Id } = await world.create();
    const { activityId } = await world.run(Id);
    const run = await world.runs.control(activityId, { paused: 'FAILURES' });
    if (run) await showPause(world, run, Date.now());
    return Id;
  }

  it('shows it and tells why', async () => {
    const Id = await failing();
    expect(await world.read(Id)).toMatchObject({ IsPaused: true, State: { CampaignStatus: 'PAUSED' } });
    expect(await world.activities(Id)).toMatchObject([
      { State: 'PAUSED', ExecutionMetrics: { PAUSED: 'FAILURES' } },
    ]);
  });

  it('goes on when it is resumed, and does not pause for failures again', async () => {
    const Id = await failing();
    await world.update(Id, { IsPaused: false });
    const run = await controlsOf(Id);
    expect(run).toMatchObject({ failuresAccepted: true });
    expect(run?.paused).toBeUndefined();
    expect(world.sliceQueue).toHaveLength(3);
  });

  it('shows it at the next look of the tick when its worker died before it could', async () => {
    const { Id } = await world.create();
    const { activityId } = await world.run(Id);
    await world.runs.control(activityId, { paused: 'FAILURES' });
    await world.tickIn(2 * MINUTE);
    expect(await world.read(Id)).toMatchObject({ IsPaused: true, State: { CampaignStatus: 'PAUSED' } });
    expect(await controlsOf(Id)).toMatchObject({ paused: 'FAILURES' });
  });
});

describe('a campaign paused while its list is resolved', () => {
  it('rests once it is resolved, and goes on when it is resumed', async () => {
    const { Id } = await world.create();
    const row = await world.beginRun(Id);
    await world.update(Id, { IsPaused: true });
    expect(await controlsOf(Id)).toMatchObject({ state: 'RESOLVING', paused: 'REQUESTED' });
    await world.resolveRun(row);
    expect(await controlsOf(Id)).toMatchObject({ state: 'RUNNING', paused: 'REQUESTED' });
    // Whoever resolved it wrote RUNNING last.
    expect(await world.activities(Id)).toMatchObject([{ State: 'PAUSED' }]);
    await world.update(Id, { IsPaused: false });
    expect(world.sliceQueue).toHaveLength(3);
  });

  it('has its message queued again when it is resumed before it is resolved', async () => {
    const { Id } = await world.create();
    await world.beginRun(Id);
    await world.update(Id, { IsPaused: true });
    world.runQueue.length = 0;
    await world.update(Id, { IsPaused: false });
    expect(runsQueued()).toEqual([Id]);
    expect((await controlsOf(Id))?.paused).toBeUndefined();
  });

  it.each([
    ['rests', true, 'REQUESTED'],
    ['goes on', false, undefined],
  ])(
    '%s after the next look, when it was taken up with what the campaign said before',
    async (_, IsPaused, paused) => {
      const { Id } = await world.create();
      const row = await world.run(Id);
      await world.update(Id, { IsPaused: true });
      if (!IsPaused) await world.update(Id, { IsPaused });
      // As the worker made the run's row that had read the campaign before.
      await world.runs.control(row.activityId, { paused: IsPaused ? null : 'REQUESTED' });
      await world.tickIn(2 * MINUTE);
      expect((await controlsOf(Id))?.paused).toBe(paused);
    },
  );
});

describe('a campaign that is over', () => {
  it('is not updated any more', async () => {
    const { Id } = await world.create();
    const { activityId } = await world.run(Id, 0);
    await world.update(Id, { IsPaused: true });
    await closeRun(world.deps, activityId);
    expect(await world.read(Id)).toMatchObject({ State: { CampaignStatus: 'COMPLETED' } });
    await expect(world.update(Id, { IsPaused: false })).rejects.toMatchObject(refused(/is COMPLETED/));
  });

  it('is not there when it was deleted, and what was left of its paused run is settled', async () => {
    const { Id } = await world.create();
    await world.run(Id);
    await world.update(Id, { IsPaused: true });
    await world.client.send(new DeleteCampaignCommand({ ApplicationId: world.app, CampaignId: Id }));
    expect(await controlsOf(Id)).toMatchObject({ state: 'CANCELLED' });
    expect(world.sliceQueue).toHaveLength(3);
    await expect(world.update(Id, { IsPaused: false })).rejects.toMatchObject({ name: 'NotFoundException' });
  });
});
