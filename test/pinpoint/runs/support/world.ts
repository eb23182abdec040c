import type { WriteCampaignRequest } from '@aws-sdk/client-pinpoint';
import { type CampaignRow, campaignKey, dueAt } from '../../../../lambdas/pinpoint/campaigns/campaign.ts';
import type { TickDeps } from '../../../../lambdas/pinpoint/campaigns/tick.ts';
import { activityIdOf } from '../../../../lambdas/pinpoint/campaigns/treatments.ts';
import type { SegmentLine, SegmentRow, UserWithEndpoints } from '../../../../lambdas/pinpoint/ports.ts';
import type { ResolveDeps } from '../../../../lambdas/pinpoint/runs/resolve-run.ts';
import type { Entry, LaneMessage, RunMessage, SliceObject } from '../../../../lambdas/pinpoint/runs/run.ts';
import { templateFinder } from '../../../../lambdas/pinpoint/templates/find-template.ts';
import type { Ctx } from '../../../../lambdas/shared/context.ts';
import { memoryContents } from '../../templates/support/memory.ts';
import { memoryObjects, memoryRegistry, memoryRunStore } from './memory.ts';

export const START = Date.UTC(2026, 10, 1, 9);
const APP = 'app-1';

export interface WorldOptions {
  readonly lines: readonly SegmentLine[];
  readonly users?: ReadonlyMap<string, UserWithEndpoints>;
  readonly request?: Partial<WriteCampaignRequest>;
  readonly startAt?: number;
  /** Time zones by endpoint id. */
  readonly zones?: ReadonlyMap<string, string>;
}

export const RUN: RunMessage = {
  appId: APP,
  campaignId: 'campaign-1',
  activityId: activityIdOf('campaign-1', 1),
};

const CHUNK = 70;

/** A stored campaign, its segment's list and its users. */
export async function worldOf({
  lines,
  users = new Map(),
  request = {},
  startAt = START,
  zones = new Map(),
}: WorldOptions) {
  let now = START;
  const registry = memoryRegistry();
  const runs = memoryRunStore();
  const objects = memoryObjects();
  const contents = memoryContents();
  const runQueue: RunMessage[] = [];
  const sliceQueue: LaneMessage[] = [];
  const iso = new Date(START).toISOString();
  const campaign: CampaignRow = {
    applicationId: APP,
    id: RUN.campaignId,
    version: 1,
    status: 'SCHEDULED',
    request: {
      Name: 'sale',
      SegmentId: 'segment-1',
      Schedule: { StartTime: startAt === START ? 'IMMEDIATE' : new Date(startAt).toISOString() },
      MessageConfiguration: { GCMMessage: { Body: '{{User.UserAttributes.name}}' } },
      ...request,
    },
    segmentVersion: 1,
    activityId: RUN.activityId,
    startAt,
    creationDate: iso,
    lastModifiedDate: iso,
  };
  const key = campaignKey(APP, campaign.id);
  await registry.create(key, campaign, dueAt(campaign.id, startAt));
  const segment = { applicationId: APP, id: 'segment-1', version: 1, size: lines.length } as SegmentRow;
  const sender = <Body>(queue: Body[]) => ({
    send: async (body: Body) => void queue.push(body),
    sendAll: async (bodies: readonly Body[]) => void queue.push(...bodies),
  });

  const deps = (): ResolveDeps & TickDeps => ({
    registry,
    runs,
    objects,
    templates: templateFinder({ registry, contents }),
    lists: {
      segment: async (_app, id) => (id === 'segment-1' ? segment : undefined),
      async *read() {
        for (let from = 0; from < lines.length; from += CHUNK) yield lines.slice(from, from + CHUNK);
      },
    },
    endpoints: {
      users: async (_app, ids) =>
        new Map(
          ids.flatMap((id) => {
            const user = users.get(id);
            return user ? [[id, user] as const] : [];
          }),
        ),
      endpoints: async (_app, ids, names) =>
        new Map(
          ids.flatMap((id) => {
            const zone = names?.includes('Demographic.Timezone') ? zones.get(id) : undefined;
            return zone === undefined ? [] : [[id, { 'Demographic.Timezone': zone }] as const];
          }),
        ),
    },
    runQueue: sender(runQueue),
    sliceQueue: sender(sliceQueue),
    clock: () => now,
  });
  return {
    deps,
    contents,
    registry,
    runs,
    objects,
    runQueue,
    sliceQueue,
    ctx: (timeMs = 900_000): Ctx => ({ actor: 'test', requestId: 'r', now, deadline: now + timeMs }),
    advance: (ms: number): void => {
      now += ms;
    },
    campaign: async () => (await registry.get<CampaignRow>(key))?.row,
    /** The objects of the run's slices, in order. */
    async slices(): Promise<readonly SliceObject[]> {
      const run = await runs.get(RUN.activityId);
      const rows = (await runs.slices(RUN.activityId)).filter(({ number }) => number <= (run?.slices ?? 0));
      const found = await Promise.all(rows.map(({ objectKey }) => objects.get<SliceObject>(objectKey)));
      return found.flatMap((slice) => slice ?? []);
    },
    async entries(): Promise<readonly Entry[]> {
      return (await this.slices()).flatMap(({ entries }) => entries);
    },
  };
}

export type World = Awaited<ReturnType<typeof worldOf>>;

/** A user with one push endpoint (`push:<id>`), and more where given. */
export const pushUser = (
  id: string,
  more: UserWithEndpoints['endpoints'] = [],
): [string, UserWithEndpoints] => [
  id,
  {
    values: { 'User.UserAttributes.name': [`name of ${id}`] },
    endpoints: [
      { id: `push:${id}`, channel: 'GCM', address: `token-${id}`, status: 'ACTIVE', optOut: 'NONE' },
      ...more,
    ],
  },
];
