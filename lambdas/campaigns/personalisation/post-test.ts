import type { TestCampaign } from '../../../schemas/campaigns/generated/requests.js';
import type { Ctx } from '../../shared/context.ts';
import { invalid, notFound, RepointError } from '../../shared/errors.ts';
import type { Ids } from '../../shared/ids.ts';
import { inParallel } from '../../shared/parallel.ts';
import type { Time } from '../../shared/time.ts';
import { watched } from '../../shared/watched.ts';
import type { Campaign } from '../campaign.ts';
import type { PinpointCampaigns, VersionStore } from '../sends/ports.ts';
import type { Saying } from '../sends/said.ts';
import type { HeldEndpoints, TesterLists } from './ports.ts';
import { chosenVariant } from './preview.ts';
import { testerLines, testerProblems, testRequest } from './test-send.ts';

export interface PostTestDeps {
  readonly campaigns: { get(id: string): Promise<Campaign | undefined> };
  readonly versions: Pick<VersionStore, 'keep'>;
  readonly endpoints: HeldEndpoints;
  readonly lists: TesterLists;
  readonly saying: Saying;
  readonly pinpoint: Pick<PinpointCampaigns, 'createImport' | 'importJob' | 'createCampaign'>;
  readonly settings: { readonly policyFunction: string };
  readonly ids: Ids;
  readonly time: Time;
}

export interface SentTest {
  readonly pinpointCampaignId: string;
  readonly variant: string;
  readonly members: number;
}

const MEMBERS_IN_FLIGHT = 5;
const POLL_MS = { first: 500, longest: 500 } as const;
/** Left of the request's time for what comes after the import. */
const RESERVE_MS = 5_000;

/**
 * POST /v1/campaigns/{id}/test: sends a variant to listed members, to nobody else and without counting anybody (spec §4).
 * Every step is made once for an Idempotency-Key: a repeat goes on where the first try ended. Throws `not_found` for an
 * unknown campaign or variant, `unavailable` when the list takes longer to import than a caller waits.
 */
export async function postTest(
  deps: PostTestDeps,
  ctx: Ctx,
  id: string,
  { userIds, variant }: TestCampaign,
): Promise<SentTest> {
  const campaign = await deps.campaigns.get(id);
  if (!campaign) throw notFound(`There is no campaign "${id}"`, 'id');
  const { id: variantId } = chosenVariant(campaign, variant);
  await checkTesters(deps, userIds);
  // The hook looks up what a test says by its version, which an edit must not change under way.
  await deps.versions.keep(campaign);
  const key = ctx.idempotencyKey === undefined ? deps.ids.random() : keyed(deps, ctx, id, ctx.idempotencyKey);
  const segmentId = await imported(deps, ctx, key, userIds);
  const said = await deps.saying.said(campaign, `${campaign.id}-test`);
  const test = { campaignId: campaign.id, version: campaign.version, variantId, segmentId };
  const request = testRequest(said, deps.settings.policyFunction, test);
  const pinpointCampaignId = await deps.pinpoint.createCampaign(`test-${key}`, request);
  return { pinpointCampaignId, variant: variantId, members: new Set(userIds).size };
}

const keyed = ({ ids }: PostTestDeps, { actor }: Ctx, id: string, key: string): string =>
  ids.derived('test', actor, id, key);

/** A test to somebody who is not there would say nothing and look well. */
async function checkTesters({ endpoints }: PostTestDeps, userIds: readonly string[]): Promise<void> {
  const problems = testerProblems(userIds);
  if (problems.length > 0) throw invalid(problems);
  const held = await inParallel(userIds, MEMBERS_IN_FLIGHT, (userId) => endpoints.of(userId));
  const unknown = userIds.flatMap((userId, index) =>
    held[index] === undefined
      ? [{ field: `userIds.${index}`, message: `There is no member "${userId}" with an address` }]
      : [],
  );
  if (unknown.length > 0) throw invalid(unknown);
}

async function imported(
  { lists, pinpoint, time }: PostTestDeps,
  { deadline }: Ctx,
  key: string,
  userIds: readonly string[],
): Promise<string> {
  const url = await lists.write(key, testerLines(userIds));
  const jobId = await pinpoint.createImport(`test-${key}-import`, { url, segmentName: `test ${key}` });
  const patience = { until: deadline - RESERVE_MS, pollMs: POLL_MS };
  const job = await watched(time, patience, {
    look: () => pinpoint.importJob(jobId),
    isOver: ({ state }) => state !== 'pending',
  });
  if (job.state === 'completed') return job.segmentId;
  if (job.state === 'failed')
    throw new RepointError('unprocessable', `The members could not be imported: ${job.reason}`);
  throw new RepointError('unavailable', 'The list is still being imported; send the same request again');
}
