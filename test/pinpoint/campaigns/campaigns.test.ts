import {
  DeleteCampaignCommand,
  GetCampaignCommand,
  GetCampaignsCommand,
  UpdateApplicationSettingsCommand,
  type WriteCampaignRequest,
} from '@aws-sdk/client-pinpoint';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { CampaignRow } from '../../../lambdas/pinpoint/campaigns/campaign.ts';
import { ensureActivities } from '../../../lambdas/pinpoint/campaigns/start-campaign.ts';
import { newApp } from '../support/engine.ts';
import { inMinutes, startWorldOnTables, VALID, type World } from './support/world.ts';

let world: World;
beforeAll(async () => {
  world = await startWorldOnTables();
});
afterAll(() => world.close());

const create: World['create'] = (...given) => world.create(...given);

describe('CreateCampaign', () => {
  it('answers as Pinpoint does, and queues the run of an immediate one', async () => {
    world.runQueue.length = 0;
    const campaign = await create();
    expect(campaign).toMatchObject({
      ...VALID,
      ApplicationId: world.app,
      Arn: expect.stringMatching(
        new RegExp(`^arn:aws:mobiletargeting:.*:apps/${world.app}/campaigns/${campaign.Id}$`),
      ),
      State: { CampaignStatus: 'SCHEDULED' },
      Version: 1,
      SegmentVersion: 3,
      IsPaused: false,
      HoldoutPercent: 0,
      AdditionalTreatments: [],
      Limits: {},
      Schedule: { StartTime: 'IMMEDIATE', IsLocalTime: false, Timezone: 'UTC' },
    });
    expect(campaign.Id).toMatch(/^[0-9a-f]{32}$/);
    expect(world.runQueue).toEqual([
      { appId: world.app, campaignId: campaign.Id, activityId: expect.any(String) },
    ]);
  });

  it('queues nothing before the time of a later one', async () => {
    world.runQueue.length = 0;
    const StartTime = new Date(Date.now() + 3_600_000).toISOString();
    expect(await create({ Schedule: { StartTime } })).toMatchObject({
      State: { CampaignStatus: 'SCHEDULED' },
    });
    expect(world.runQueue).toEqual([]);
  });

  it('keeps an immediate one for the tick when queueing failed', async () => {
    const { Id = '' } = await create();
    const soon = await Promise.all(
      Array.from({ length: 64 }, (_, shard) =>
        world.registry.due<CampaignRow>(String(shard), Date.now() + 120_000, 100),
      ),
    );
    expect(soon.flat().map(({ row }) => row.id)).toContain(Id);
  });

  it('tells every problem at once', async () => {
    const broken = { Name: undefined, MessageConfiguration: undefined, HoldoutPercent: 200 };
    await expect(create(broken)).rejects.toMatchObject({
      message: expect.stringMatching(
        /Name is missing.*HoldoutPercent is 200.*MessageConfiguration is missing/,
      ),
    });
  });

  it.each<[string, WriteCampaignRequest]>([
    ['segment', { SegmentId: 'elsewhere' }],
    ['version of its segment', { SegmentVersion: 9 }],
  ])('does not find a %s that the application does not have', async (_what, change) => {
    await expect(create(change)).rejects.toMatchObject({
      name: 'NotFoundException',
      message: expect.stringContaining('SegmentId'),
    });
  });

  it("does not find another application's segment", async () => {
    const empty = await newApp(world.client, 'empty');
    const made = create({}, undefined, empty);
    await expect(made).rejects.toMatchObject({
      name: 'NotFoundException',
      message: `SegmentId: application ${empty} has no segment segment-1`,
    });
  });

  it('does not find an application that is not there', async () => {
    await expect(create({}, undefined, 'f'.repeat(32))).rejects.toMatchObject({ name: 'NotFoundException' });
  });

  it('makes one campaign of repeats with one Idempotency-Key', async () => {
    const answers = await Promise.all([1, 2, 3].map(() => create({ Name: 'once' }, 'key-1')));
    const later = await create({ Name: 'once' }, 'key-1');
    expect(new Set([...answers, later].map(({ Id }) => Id)).size).toBe(1);
    expect(later).toEqual(answers[0]);
  });

  it('refuses an Idempotency-Key that comes with another body', async () => {
    await create({ Name: 'first' }, 'key-2');
    await expect(create({ Name: 'second' }, 'key-2')).rejects.toMatchObject({ name: 'ConflictException' });
  });

  it('does not send again what was deleted, when its request is repeated', async () => {
    const { Id } = await create({ Name: 'gone' }, 'key-3');
    await world.client.send(new DeleteCampaignCommand({ ApplicationId: world.app, CampaignId: Id }));
    world.runQueue.length = 0;
    expect((await create({ Name: 'gone' }, 'key-3')).Id).toBe(Id);
    expect(world.runQueue).toEqual([]);
  });
});

describe('campaigns that are there', () => {
  it('are read back as they were created', async () => {
    const campaign = await create();
    const read = await world.client.send(
      new GetCampaignCommand({ ApplicationId: world.app, CampaignId: campaign.Id }),
    );
    expect(read.CampaignResponse).toEqual(campaign);
  });

  it('are listed page by page, without deleted ones', async () => {
    const other = await world.appWithSegment();
    const made: (string | undefined)[] = [];
    for (let n = 0; n < 5; n++) made.push((await create({ Name: `c${n}` }, undefined, other)).Id);
    await world.client.send(new DeleteCampaignCommand({ ApplicationId: other, CampaignId: made.pop() }));
    const seen: (string | undefined)[] = [];
    let Token: string | undefined;
    do {
      const page = await world.client.send(
        new GetCampaignsCommand({ ApplicationId: other, PageSize: '2', Token }),
      );
      seen.push(...(page.CampaignsResponse?.Item ?? []).map(({ Id }) => Id));
      Token = page.CampaignsResponse?.NextToken;
    } while (Token !== undefined);
    expect(seen.sort()).toEqual(made.sort());
  });

  it('are gone when deleted', async () => {
    const { Id } = await create();
    const deleted = await world.client.send(
      new DeleteCampaignCommand({ ApplicationId: world.app, CampaignId: Id }),
    );
    expect(deleted.CampaignResponse?.State).toEqual({ CampaignStatus: 'DELETED' });
    await expect(
      world.client.send(new GetCampaignCommand({ ApplicationId: world.app, CampaignId: Id })),
    ).rejects.toMatchObject({
      name: 'NotFoundException',
    });
  });

  it('show their runs as activities, one a treatment', async () => {
    const MessageConfiguration = { GCMMessage: { Body: 'B' } };
    const { Id } = await create({ AdditionalTreatments: [{ SizePercent: 50, MessageConfiguration }] });
    const row = await world.rowOf(Id);
    await ensureActivities(world.registry, row);
    const found = await world.activities(Id);
    expect(found.map(({ TreatmentId }) => TreatmentId).sort()).toEqual(['0', '1']);
    expect(found.find(({ TreatmentId }) => TreatmentId === '0')).toMatchObject({
      CampaignId: Id,
      Id: row.activityId,
      State: 'PENDING',
    });
  });

  it('show their treatments as Pinpoint does', async () => {
    const own = {
      CustomDeliveryConfiguration: { DeliveryUri: 'own-channel', EndpointTypes: ['EMAIL' as const] },
      MessageConfiguration: { CustomMessage: { Data: 'x' } },
    };
    const campaign = await create({
      TreatmentName: 'A',
      HoldoutPercent: 0.5,
      Hook: { LambdaFunctionName: 'choose', Mode: 'FILTER' },
      AdditionalTreatments: [{ SizePercent: 12.25, TreatmentName: 'B', ...own }],
    });
    expect(campaign).toMatchObject({
      DefaultState: { CampaignStatus: 'SCHEDULED' },
      TreatmentName: 'A',
      HoldoutPercent: 0.5,
      Hook: { LambdaFunctionName: 'choose', Mode: 'FILTER' },
    });
    expect(campaign.AdditionalTreatments).toEqual([
      {
        Id: '1',
        SizePercent: 12.25,
        TreatmentName: 'B',
        State: { CampaignStatus: 'SCHEDULED' },
        Schedule: { StartTime: 'IMMEDIATE', IsLocalTime: false, Timezone: 'UTC' },
        ...own,
      },
    ]);
    expect((await create()).DefaultState).toBeUndefined();
  });
});

describe('a campaign made PAUSED', () => {
  it('does not start, and no tick sees it', async () => {
    world.runQueue.length = 0;
    const campaign = await create({ IsPaused: true });
    expect(campaign).toMatchObject({ IsPaused: true, State: { CampaignStatus: 'PAUSED' } });
    await world.tickIn(3 * 86_400_000);
    expect(world.runQueue.map(({ campaignId }) => campaignId)).not.toContain(campaign.Id);
    expect((await world.read(campaign.Id))?.State?.CampaignStatus).toBe('PAUSED');
  });

  it('answers a repeat as the first time', async () => {
    const first = await create({ IsPaused: true, Name: 'rests' }, 'key-4');
    await world.update(first.Id, { Name: 'renamed', Schedule: { StartTime: inMinutes(60) } });
    expect(await create({ IsPaused: true, Name: 'rests' }, 'key-4')).toEqual(first);
  });
});

describe("the application's settings", () => {
  it("are a campaign's defaults as they were when it was created", async () => {
    const ApplicationId = await world.appWithSegment();
    const change = (settings: object) =>
      world.client.send(
        new UpdateApplicationSettingsCommand({ ApplicationId, WriteApplicationSettingsRequest: settings }),
      );
    const settings = {
      CampaignHook: { LambdaFunctionName: 'choose', Mode: 'FILTER' as const },
      Limits: { Daily: 3 },
      QuietTime: { Start: '21:00', End: '08:00' },
    };
    const before = await create({}, undefined, ApplicationId);
    await change({ ...settings, JourneyLimits: { DailyCap: 1 } });
    const after = await create({}, undefined, ApplicationId);
    await change({ Limits: { Daily: 1 } });
    expect((await world.rowOf(before.Id, ApplicationId)).defaults).toBeUndefined();
    expect((await world.rowOf(after.Id, ApplicationId)).defaults).toEqual(settings);
    expect(after.Limits).toEqual({});
  });
});
