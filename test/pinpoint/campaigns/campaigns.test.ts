import {
  type CampaignResponse,
  CreateCampaignCommand,
  DeleteCampaignCommand,
  GetCampaignActivitiesCommand,
  GetCampaignCommand,
  GetCampaignsCommand,
  type PinpointClient,
  type WriteCampaignRequest,
} from '@aws-sdk/client-pinpoint';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { appOperations } from '../../../lambdas/pinpoint/apps/operations.ts';
import { type CampaignRow, campaignKey } from '../../../lambdas/pinpoint/campaigns/campaign.ts';
import { campaignOperations } from '../../../lambdas/pinpoint/campaigns/operations.ts';
import { ensureActivity } from '../../../lambdas/pinpoint/campaigns/start-campaign.ts';
import type { Registry, SegmentRow } from '../../../lambdas/pinpoint/ports.ts';
import { dynamoRegistry } from '../../../lambdas/pinpoint/registry.aws.ts';
import type { RunMessage } from '../../../lambdas/pinpoint/runs/run.ts';
import { memoryRunStore } from '../runs/support/memory.ts';
import { clientOf } from '../support/client.ts';
import { handlerOf, newApp } from '../support/engine.ts';
import { startTables, type Tables } from '../support/tables.ts';

let tables: Tables;
let registry: Registry;
let client: PinpointClient;
let app: string;
const queued: RunMessage[] = [];

beforeAll(async () => {
  tables = await startTables();
  registry = dynamoRegistry(tables.registry, tables.client);
  const sender = <Body>(queue: Body[]) => ({
    send: async (body: Body) => void queue.push(body),
    sendAll: async (bodies: readonly Body[]) => void queue.push(...bodies),
  });
  const segment = { id: 'segment-1', version: 3 } as SegmentRow;
  const handler = handlerOf({
    ...appOperations({ registry, jobs: sender([]) }),
    ...campaignOperations({
      registry,
      runs: memoryRunStore(),
      runQueue: sender(queued),
      lists: {
        segment: async (_app, id, version = 3) =>
          id === 'segment-1' && version <= 3 ? { ...segment, version } : undefined,
      },
    }),
  });
  client = clientOf(handler);
  app = await newApp(client);
});
afterAll(() => tables.close());

const VALID: WriteCampaignRequest = {
  Name: 'sale',
  SegmentId: 'segment-1',
  Schedule: { StartTime: 'IMMEDIATE' },
  MessageConfiguration: { GCMMessage: { Title: 'Hi {{User.UserId}}', Body: 'New' } },
  tags: { 'repoint:campaign': 'c1' },
};

async function create(
  change: WriteCampaignRequest = {},
  key?: string,
  ApplicationId = app,
): Promise<CampaignResponse> {
  const command = new CreateCampaignCommand({ ApplicationId, WriteCampaignRequest: { ...VALID, ...change } });
  if (key !== undefined)
    command.middlewareStack.add(
      (next) => (args) => {
        (args.request as { headers: Record<string, string> }).headers['idempotency-key'] = key;
        return next(args);
      },
      { step: 'build' },
    );
  const { CampaignResponse } = await client.send(command);
  if (!CampaignResponse) throw new Error('no campaign');
  return CampaignResponse;
}

describe('CreateCampaign', () => {
  it('answers as Pinpoint does, and queues the run of an immediate one', async () => {
    queued.length = 0;
    const campaign = await create();
    expect(campaign).toMatchObject({
      ...VALID,
      ApplicationId: app,
      Arn: expect.stringMatching(
        new RegExp(`^arn:aws:mobiletargeting:.*:apps/${app}/campaigns/${campaign.Id}$`),
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
    expect(queued).toEqual([{ appId: app, campaignId: campaign.Id, activityId: expect.any(String) }]);
  });

  it('queues nothing before the time of a later one', async () => {
    queued.length = 0;
    const StartTime = new Date(Date.now() + 3_600_000).toISOString();
    expect(await create({ Schedule: { StartTime } })).toMatchObject({
      State: { CampaignStatus: 'SCHEDULED' },
    });
    expect(queued).toEqual([]);
  });

  it('keeps an immediate one for the tick when queueing failed', async () => {
    const { Id = '' } = await create();
    const soon = await Promise.all(
      Array.from({ length: 64 }, (_, shard) =>
        registry.due<CampaignRow>(String(shard), Date.now() + 120_000, 100),
      ),
    );
    expect(soon.flat().map(({ row }) => row.id)).toContain(Id);
  });

  it.each<[string, WriteCampaignRequest, RegExp]>([
    ['no name', { Name: undefined }, /Name is missing/],
    ['no message', { MessageConfiguration: undefined }, /MessageConfiguration is missing/],
    ['an empty message', { MessageConfiguration: {} }, /MessageConfiguration has no message/],
    [
      'a message without a text',
      { MessageConfiguration: { EmailMessage: { Title: 'x' } } },
      /EmailMessage.Title is empty|needs a text/,
    ],
    [
      'a broken template',
      { MessageConfiguration: { SMSMessage: { Body: '{{User.UserId' } } },
      /MessageConfiguration.SMSMessage.Body: Parse error/,
    ],
    [
      'an unknown helper',
      { MessageConfiguration: { GCMMessage: { Title: '{{upper Address}}', Body: 'x' } } },
      /GCMMessage.Title: the helper upper/,
    ],
    ['no schedule', { Schedule: undefined }, /Schedule is missing/],
    [
      'a start that is no time',
      { Schedule: { StartTime: 'tomorrow' } },
      /Schedule.StartTime is tomorrow; allowed/,
    ],
    [
      'a start in the past',
      { Schedule: { StartTime: '2020-01-01T00:00:00Z' } },
      /Schedule.StartTime 2020-01-01T00:00:00Z is in the past/,
    ],
    [
      'a recurring schedule',
      { Schedule: { StartTime: 'IMMEDIATE', Frequency: 'DAILY' } },
      /Schedule.Frequency DAILY is not there yet/,
    ],
    ['a holdout over 100', { HoldoutPercent: 101 }, /HoldoutPercent is 101; allowed: 0 to 100/],
    [
      'shares that add up to more than 100',
      { HoldoutPercent: 60, AdditionalTreatments: [{ SizePercent: 50 }] },
      /add up to 110/,
    ],
    ['a hook', { Hook: { LambdaFunctionName: 'f' } }, /Hook is not there yet/],
    ['limits', { Limits: { Daily: 1 } }, /Limits.Daily is not there yet/],
  ])('refuses %s, naming the member', async (_what, change, message) => {
    await expect(create(change)).rejects.toMatchObject({
      name: 'BadRequestException',
      message: expect.stringMatching(message),
    });
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
    await client.send(new DeleteCampaignCommand({ ApplicationId: app, CampaignId: Id }));
    queued.length = 0;
    expect((await create({ Name: 'gone' }, 'key-3')).Id).toBe(Id);
    expect(queued).toEqual([]);
  });
});

describe('campaigns that are there', () => {
  it('are read back as they were created', async () => {
    const campaign = await create();
    const read = await client.send(new GetCampaignCommand({ ApplicationId: app, CampaignId: campaign.Id }));
    expect(read.CampaignResponse).toEqual(campaign);
  });

  it('are listed page by page, without deleted ones', async () => {
    const other = await newApp(client, 'paging');
    const made: (string | undefined)[] = [];
    for (let n = 0; n < 5; n++) made.push((await create({ Name: `c${n}` }, undefined, other)).Id);
    await client.send(new DeleteCampaignCommand({ ApplicationId: other, CampaignId: made.pop() }));
    const seen: (string | undefined)[] = [];
    let Token: string | undefined;
    do {
      const page = await client.send(new GetCampaignsCommand({ ApplicationId: other, PageSize: '2', Token }));
      seen.push(...(page.CampaignsResponse?.Item ?? []).map(({ Id }) => Id));
      Token = page.CampaignsResponse?.NextToken;
    } while (Token !== undefined);
    expect(seen.sort()).toEqual(made.sort());
  });

  it('are gone when deleted', async () => {
    const { Id } = await create();
    const deleted = await client.send(new DeleteCampaignCommand({ ApplicationId: app, CampaignId: Id }));
    expect(deleted.CampaignResponse?.State).toEqual({ CampaignStatus: 'DELETED' });
    await expect(
      client.send(new GetCampaignCommand({ ApplicationId: app, CampaignId: Id })),
    ).rejects.toMatchObject({
      name: 'NotFoundException',
    });
  });

  it('show their runs as activities', async () => {
    const { Id = '' } = await create();
    const row = (await registry.get<CampaignRow>(campaignKey(app, Id)))?.row;
    if (row) await ensureActivity(registry, row);
    const read = await client.send(new GetCampaignActivitiesCommand({ ApplicationId: app, CampaignId: Id }));
    expect(read.ActivitiesResponse?.Item).toEqual([
      expect.objectContaining({ CampaignId: Id, Id: row?.activityId, State: 'PENDING', TreatmentId: '0' }),
    ]);
  });
});
