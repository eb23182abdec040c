/**
 * The engine's own resolving and delivering as resolve.lambda.ts and deliver.lambda.ts wire them, over the stand-ins
 * that the environment names (canned.ts).
 */
import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import type { WriteCampaignRequest } from '@aws-sdk/client-pinpoint';
import { S3Client } from '@aws-sdk/client-s3';
import { SQSClient } from '@aws-sdk/client-sqs';
import { type CampaignRow, campaignKey, dueAt } from '../../lambdas/pinpoint/campaigns/campaign.ts';
import { activityIdOf } from '../../lambdas/pinpoint/campaigns/treatments.ts';
import { dynamoCaps } from '../../lambdas/pinpoint/caps/caps.aws.ts';
import { sesEmail } from '../../lambdas/pinpoint/channels/email.aws.ts';
import type { ChannelAdapter } from '../../lambdas/pinpoint/channels/ports.ts';
import { awsPush } from '../../lambdas/pinpoint/channels/push.aws.ts';
import { awsQuota } from '../../lambdas/pinpoint/channels/quota.aws.ts';
import { accountPace } from '../../lambdas/pinpoint/delivery/account-pace.ts';
import { dynamoAccountRows } from '../../lambdas/pinpoint/delivery/account-rows.aws.ts';
import { hookOf } from '../../lambdas/pinpoint/delivery/ask-hook.ts';
import { registryKillSwitch } from '../../lambdas/pinpoint/delivery/kill-switch.ts';
import { planCache } from '../../lambdas/pinpoint/delivery/plans.ts';
import { recipientsOf } from '../../lambdas/pinpoint/delivery/recipients.ts';
import { type LaneDeps, runLane } from '../../lambdas/pinpoint/delivery/run-lane.ts';
import { dynamoEndpointReader } from '../../lambdas/pinpoint/endpoints/endpoint-reader.aws.ts';
import { dynamoEndpointRows } from '../../lambdas/pinpoint/endpoints/endpoint-rows.aws.ts';
import { endpointWriter } from '../../lambdas/pinpoint/endpoints/operations.ts';
import { lambdaHook } from '../../lambdas/pinpoint/hooks/hook.aws.ts';
import { streamLedger } from '../../lambdas/pinpoint/ledger/ledger.ts';
import type { SegmentLine, SegmentRow } from '../../lambdas/pinpoint/ports.ts';
import { dynamoRegistry } from '../../lambdas/pinpoint/registry.aws.ts';
import { type ResolveDeps, resolveRun } from '../../lambdas/pinpoint/runs/resolve-run.ts';
import type { LaneMessage, RunMessage } from '../../lambdas/pinpoint/runs/run.ts';
import { s3RunObjects } from '../../lambdas/pinpoint/runs/run-objects.aws.ts';
import { dynamoRunStore } from '../../lambdas/pinpoint/runs/run-store.aws.ts';
import { showPause } from '../../lambdas/pinpoint/runs/show-pause.ts';
import { s3ListFiles, s3SegmentLists } from '../../lambdas/pinpoint/segments/list-files.aws.ts';
import { listPartKey, segmentKey, versionKey } from '../../lambdas/pinpoint/segments/segment.ts';
import { s3TemplateContents } from '../../lambdas/pinpoint/templates/contents.aws.ts';
import { templateFinder } from '../../lambdas/pinpoint/templates/find-template.ts';
import { documentClient } from '../../lambdas/shared/dynamodb.aws.ts';
import { sqsSender } from '../../lambdas/shared/queue-sender.aws.ts';
import { kinesisWriter } from '../../lambdas/shared/stream-writer.aws.ts';
import { APPS, addressOf, type Channel, ENDPOINTS_TABLE, endpointIdOf, userIdOf } from './people.ts';

/** Lines of one part of a list, as an import writes them (jobs/import-piece.ts). */
const PART_LINES = 100_000;
const BUCKET = 'pinpoint';
/** A function of the queue `slices` has two minutes, one of `runs` fifteen (lib/pinpoint/engine-store.ts). */
const [LANE_MS, RESOLVE_MS] = [120_000, 900_000];

const clock = Date.now;
const cannedUrl = (): string => process.env['CANNED_URL'] ?? '';

/** Says that everything was sent and does nothing else. */
const NO_PROVIDER: ChannelAdapter = {
  send: async (messages) => messages.map(() => ({ kind: 'sent', providerMessageId: 'none' })),
};

export interface CampaignOptions {
  readonly name: string;
  readonly channel: Channel;
  readonly recipients: number;
  /** The list names users, who have two endpoints each, instead of endpoints. */
  readonly byUser?: boolean;
  readonly request?: Partial<WriteCampaignRequest>;
}

const TITLE = '{{User.UserAttributes.name}}님을 위한 혜택';
const BODY = '{{User.UserId}}님은 {{Attributes.plan}} 회원입니다. 오늘 자정까지 전 상품을 20% 할인합니다.';
const MESSAGES = {
  GCM: { GCMMessage: { Title: TITLE, Body: BODY, Action: 'DEEP_LINK', Url: 'shop://sale/today' } },
  EMAIL: { EmailMessage: { Title: TITLE, HtmlBody: htmlOf(BODY), Body: BODY } },
} as const;

/** A page of some 2 KB, as a plain newsletter has. */
function htmlOf(body: string): string {
  const row = '<tr><td style="padding:12px 24px;font:14px sans-serif;color:#222">오늘의 추천 상품</td></tr>';
  return `<html><body><table width="600"><tr><td>${body}</td></tr>${row.repeat(20)}</table></body></html>`;
}

function lineOf(channel: Channel, index: number): SegmentLine {
  const e = endpointIdOf(index);
  return { e, u: userIdOf(e), c: channel, a: addressOf(channel, e) };
}

/** A run of a campaign that is stored and whose list lies in the bucket. */
export const runOf = ({ name, channel }: Pick<CampaignOptions, 'name' | 'channel'>): RunMessage => ({
  appId: APPS[channel],
  campaignId: name,
  activityId: activityIdOf(name, 1),
});

export function engineHere({ provider }: { provider: 'none' | 'sdk' }) {
  const client = documentClient();
  const s3 = new S3Client({ forcePathStyle: true });
  const queues = new SQSClient({ useQueueUrlAsEndpoint: false });
  const registry = dynamoRegistry('registry', client);
  const runs = dynamoRunStore('runs', client);
  const objects = s3RunObjects(BUCKET, s3);
  const slices = sqsSender<LaneMessage>(`${cannedUrl()}/000000000000/slices`, queues);
  const reader = dynamoEndpointReader(ENDPOINTS_TABLE, client);
  const resolveDeps: ResolveDeps = {
    registry,
    lists: s3SegmentLists(registry, BUCKET, s3),
    endpoints: reader,
    runs,
    objects,
    templates: templateFinder({ registry, contents: s3TemplateContents(BUCKET, s3) }),
    runQueue: sqsSender<RunMessage>(`${cannedUrl()}/000000000000/runs`, queues),
    sliceQueue: slices,
    clock,
  };
  const laneDeps: LaneDeps = {
    registry,
    runs,
    objects,
    plans: planCache(objects),
    endpoints: { ...reader, ...endpointWriter(dynamoEndpointRows(ENDPOINTS_TABLE, client)) },
    adapters:
      provider === 'none'
        ? { push: NO_PROVIDER, email: NO_PROVIDER }
        : {
            push: awsPush('push-application'),
            email: sesEmail({ fromAddress: 'shop@example.com', configurationSet: 'repoint' }),
          },
    caps: dynamoCaps('runs', client),
    askHook: hookOf({ hook: lambdaHook(), sleep }),
    recipients: recipientsOf(['*']),
    account: accountPace(awsQuota(clock), dynamoAccountRows('runs', client), clock),
    killSwitch: registryKillSwitch(registry, clock),
    paused: (run) => showPause({ registry, runs }, run, clock()),
    ledger: streamLedger(kinesisWriter('ledger')),
    sliceQueue: slices,
    clock,
    moment: () => ({ now: clock(), timeZone: 'Asia/Seoul', newId: randomUUID }),
    sleep,
    random: Math.random,
    newId: randomUUID,
  };

  /** Stores a campaign, its segment and its list. */
  async function store(options: CampaignOptions): Promise<void> {
    const { name, channel, recipients, byUser = false } = options;
    const appId = APPS[channel];
    const lines = byUser ? recipients / 2 : recipients;
    const segment = segmentOf(options, Math.ceil(lines / PART_LINES));
    await registry.create(segmentKey(appId, segment.id), segment);
    await registry.create(versionKey(appId, segment.id, 1), segment);
    const files = s3ListFiles(BUCKET, s3);
    for (let part = 1; part <= segment.parts; part++) {
      const from = (part - 1) * PART_LINES;
      const size = Math.min(PART_LINES, lines - from);
      const texts = Array.from({ length: size }, (_, at) =>
        JSON.stringify(byUser ? { u: userIdOf(String(from + at)) } : lineOf(channel, from + at)),
      );
      await files.put(listPartKey(segment, part), `${texts.join('\n')}\n`);
    }
    const campaign = campaignOf(options, segment.id);
    await registry.create(campaignKey(appId, name), campaign, dueAt(name, campaign.startAt));
  }

  const ctx = (ms: number) => ({
    actor: 'bench',
    requestId: 'bench',
    now: clock(),
    deadline: clock() + ms,
  });

  return {
    store,
    resolve: (options: CampaignOptions) => resolveRun(resolveDeps, ctx(RESOLVE_MS), runOf(options)),
    /** Works on what lies in the queue until nothing comes any more, `beside` messages at a time. Returns the invocations. */
    async deliver(beside = 1): Promise<number> {
      let invocations = 0;
      for (;;) {
        const messages = (await (await fetch(`${cannedUrl()}/canned/queue`)).json()) as string[];
        if (messages.length === 0) return invocations;
        invocations += messages.length;
        const left = messages.values();
        const worker = async () => {
          for (const body of left) await runLane(laneDeps, ctx(LANE_MS), JSON.parse(body) as LaneMessage);
        };
        await Promise.all(Array.from({ length: beside }, worker));
      }
    },
    run: (options: CampaignOptions) => runs.get(runOf(options).activityId),
    campaign: async (options: CampaignOptions) =>
      (await registry.get<CampaignRow>(campaignKey(APPS[options.channel], options.name)))?.row,
  };
}

const STORED = '2026-11-01T09:00:00.000Z';

function segmentOf({ name, channel, recipients, byUser }: CampaignOptions, parts: number): SegmentRow {
  return {
    applicationId: APPS[channel],
    id: `segment-of-${name}`,
    version: 1,
    name,
    type: 'IMPORT',
    kind: byUser ? 'users' : 'endpoints',
    size: recipients,
    channelCounts: {},
    parts,
    importJobId: `import-of-${name}`,
    definition: { externalId: '', format: 'JSON', roleArn: '', s3Url: '' },
    tags: {},
    creationDate: STORED,
    lastModifiedDate: STORED,
  };
}

const campaignOf = ({ name, channel, request }: CampaignOptions, segmentId: string): CampaignRow => ({
  applicationId: APPS[channel],
  id: name,
  version: 1,
  status: 'SCHEDULED',
  request: {
    Name: name,
    SegmentId: segmentId,
    Schedule: { StartTime: 'IMMEDIATE' },
    MessageConfiguration: MESSAGES[channel],
    tags: { team: 'marketing' },
    ...request,
  },
  segmentVersion: 1,
  activityId: activityIdOf(name, 1),
  startAt: Date.parse(STORED),
  creationDate: STORED,
  lastModifiedDate: STORED,
});
