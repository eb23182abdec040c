import {
  type ActivityResponse,
  type CampaignResponse,
  CreateCampaignCommand,
  GetCampaignActivitiesCommand,
  GetCampaignCommand,
  UpdateCampaignCommand,
  type WriteCampaignRequest,
} from '@aws-sdk/client-pinpoint';
import { appOperations } from '../../../../lambdas/pinpoint/apps/operations.ts';
import { type CampaignRow, campaignKey } from '../../../../lambdas/pinpoint/campaigns/campaign.ts';
import { campaignOperations } from '../../../../lambdas/pinpoint/campaigns/operations.ts';
import {
  changeActivities,
  claimCampaign,
  ensureActivities,
} from '../../../../lambdas/pinpoint/campaigns/start-campaign.ts';
import { tick } from '../../../../lambdas/pinpoint/campaigns/tick.ts';
import type { SegmentRow } from '../../../../lambdas/pinpoint/ports.ts';
import { dynamoRegistry } from '../../../../lambdas/pinpoint/registry.aws.ts';
import { newRunOf, planOf } from '../../../../lambdas/pinpoint/runs/plan.ts';
import type { LaneMessage, RunMessage } from '../../../../lambdas/pinpoint/runs/run.ts';
import { segmentFinder } from '../../../../lambdas/pinpoint/segments/operations.ts';
import { segmentKey, versionKey } from '../../../../lambdas/pinpoint/segments/segment.ts';
import { sendingOperations } from '../../../../lambdas/pinpoint/sending/operations.ts';
import { tagOperations } from '../../../../lambdas/pinpoint/tags/operations.ts';
import { templateFinder } from '../../../../lambdas/pinpoint/templates/find-template.ts';
import { templateOperations } from '../../../../lambdas/pinpoint/templates/operations.ts';
import { memoryRegistry, memoryRunStore } from '../../runs/support/memory.ts';
import { clientOf } from '../../support/client.ts';
import { handlerOf, newApp } from '../../support/engine.ts';
import { startTables } from '../../support/tables.ts';
import { memoryContents } from '../../templates/support/memory.ts';

export const SEGMENT = 'segment-1';

export const VALID: WriteCampaignRequest = {
  Name: 'sale',
  SegmentId: SEGMENT,
  Schedule: { StartTime: 'IMMEDIATE' },
  MessageConfiguration: { GCMMessage: { Title: 'Hi {{User.UserId}}', Body: 'New' } },
  tags: { 'repoint:campaign': 'c1' },
};

export type World = Awaited<ReturnType<typeof startWorld>>;

/** The same over an embedded DynamoDB. */
export async function startWorldOnTables() {
  const tables = await startTables();
  return startWorld(dynamoRegistry(tables.registry, tables.client), () => tables.close());
}

/** The campaign side of the engine with the official client in front of it; runs are made by hand. */
export async function startWorld(
  registry = memoryRegistry(),
  close: () => Promise<void> = async () => undefined,
) {
  const runs = memoryRunStore();
  const contents = memoryContents();
  const runQueue: RunMessage[] = [];
  const sliceQueue: LaneMessage[] = [];
  const slept: number[] = [];
  const sender = <Body>(queue: Body[]) => ({
    send: async (body: Body) => void queue.push(body),
    sendAll: async (bodies: readonly Body[]) => void queue.push(...bodies),
  });
  const deps = {
    registry,
    runs,
    runQueue: sender(runQueue),
    sliceQueue: sender(sliceQueue),
    lists: segmentFinder(registry),
    contents,
    templates: templateFinder({ registry, contents }),
    sleep: async (ms: number) => void slept.push(ms),
    clock: Date.now,
  };
  const handler = handlerOf({
    ...appOperations({ registry, jobs: sender([]), runs, sliceQueue: sender(sliceQueue) }),
    ...campaignOperations(deps),
    ...sendingOperations(deps),
    ...tagOperations(registry),
    ...templateOperations(deps),
  });
  const client = clientOf(handler);

  /** An application whose segment `segment-1` has three versions. */
  const appWithSegment = async (): Promise<string> => {
    const app = await newApp(client);
    const row = (version: number) => ({ applicationId: app, id: SEGMENT, version }) as SegmentRow;
    await registry.create(segmentKey(app, SEGMENT), row(3));
    for (const version of [1, 2, 3]) await registry.create(versionKey(app, SEGMENT, version), row(version));
    return app;
  };
  const app = await appWithSegment();

  const create = async (
    change: WriteCampaignRequest = {},
    key?: string,
    ApplicationId = app,
  ): Promise<CampaignResponse & { Id: string }> => {
    const command = new CreateCampaignCommand({
      ApplicationId,
      WriteCampaignRequest: { ...VALID, ...change },
    });
    if (key !== undefined)
      command.middlewareStack.add(
        (next) => (args) => {
          (args.request as { headers: Record<string, string> }).headers['idempotency-key'] = key;
          return next(args);
        },
        { step: 'build' },
      );
    const { CampaignResponse } = await client.send(command);
    if (!CampaignResponse?.Id) throw new Error('no campaign');
    return { ...CampaignResponse, Id: CampaignResponse.Id };
  };
  const update = async (CampaignId: string, WriteCampaignRequest: WriteCampaignRequest) => {
    const command = new UpdateCampaignCommand({ ApplicationId: app, CampaignId, WriteCampaignRequest });
    return (await client.send(command)).CampaignResponse;
  };
  const read = async (CampaignId: string): Promise<CampaignResponse | undefined> =>
    (await client.send(new GetCampaignCommand({ ApplicationId: app, CampaignId }))).CampaignResponse;
  const activities = async (CampaignId: string): Promise<readonly ActivityResponse[]> => {
    const command = new GetCampaignActivitiesCommand({ ApplicationId: app, CampaignId });
    return (await client.send(command)).ActivitiesResponse?.Item ?? [];
  };
  const rowOf = async (id: string, appId = app): Promise<CampaignRow> => {
    const stored = await registry.get<CampaignRow>(campaignKey(appId, id));
    if (!stored) throw new Error(`no campaign ${id}`);
    return stored.row;
  };

  /** What resolving does to the campaign, as far as it got: EXECUTING, with a run that is still RESOLVING. */
  const beginRun = async (id: string): Promise<CampaignRow> => {
    const stored = await registry.get<CampaignRow>(campaignKey(app, id));
    const claimed = stored && (await claimCampaign(registry, stored, Date.now()));
    if (!claimed) throw new Error(`${id} was not claimed`);
    await ensureActivities(registry, claimed.row);
    const now = Date.now();
    await runs.takeUp(newRunOf(claimed.row, planOf(claimed.row), 30), now, now + 60_000);
    return claimed.row;
  };
  /** A run of so many slices, RUNNING; nobody works on it. */
  const run = async (id: string, slices = 3): Promise<CampaignRow> => {
    const row = await beginRun(id);
    await resolveRun(row, slices);
    return row;
  };
  const resolveRun = async ({ activityId, ...row }: CampaignRow, slices = 3): Promise<void> => {
    for (let number = 1; number <= slices; number++)
      await runs.putSlice(
        {
          activityId,
          number,
          attempt: 1,
          objectKey: 'k',
          treatmentId: '0',
          entries: 10,
          skipped: {},
          notBefore: 0,
        },
        Date.now(),
      );
    await runs.resolved(activityId, 1, { lines: 30, slices, metrics: {} });
    await runs.markQueued(activityId);
    const message = { appId: app, campaignId: row.id, activityId };
    await changeActivities(registry, message, (each) => ({ ...each, state: 'RUNNING' }));
  };
  /** A look of the tick `ms` from now. */
  const tickIn = (ms: number) =>
    tick(deps, {
      actor: 'tick',
      requestId: 'tick',
      now: Date.now() + ms,
      deadline: Date.now() + ms + 60_000,
    });

  return {
    ...{ app, client, contents, handler, registry, runs, runQueue, sliceQueue, slept, deps },
    ...{ appWithSegment, create, update, read, activities, rowOf, beginRun, run, resolveRun, tickIn },
    close,
  };
}

/** A time so many minutes from now, ISO 8601. */
export const inMinutes = (minutes: number): string => new Date(Date.now() + minutes * 60_000).toISOString();
