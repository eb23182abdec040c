import type { Ctx } from '../../shared/context.ts';
import type { QueueSender } from '../../shared/queue-sender.ts';
import { type CampaignRow, campaignKey } from '../campaigns/campaign.ts';
import { changeActivity, claimCampaign, ensureActivity } from '../campaigns/start-campaign.ts';
import type { EndpointReader, Registry, SegmentLine, SegmentLists } from '../ports.ts';
import { Bounded, grouped, mapAhead } from './ahead.ts';
import { type CloseDeps, closeRun, failRun } from './close-run.ts';
import { Cutter, skippedByReason } from './cutter.ts';
import { type Audience, type Expansion, expand, usersNeeded } from './expand.ts';
import { audienceOf, planOf } from './plan.ts';
import type { RunObjects, RunStore } from './ports.ts';
import {
  type Checkpoint,
  planKey,
  type RunMessage,
  type RunPlan,
  type RunRow,
  type SliceMessage,
  type SliceObject,
  sliceKey,
} from './run.ts';
import { Seen } from './seen.ts';

/** Lines read and expanded together, and how many groups may be under way: what memory holds at once. */
const GROUP_LINES = 500;
const GROUPS_AHEAD = 4;
/** Slices written side by side. */
const SLICE_WRITES = 8;
/** A worker that does not renew its lease for so long is taken for dead. */
const LEASE_MS = 60_000;
const RENEW_MS = 20_000;
/** With less time left than this the rest is put back on the queue. */
const RESERVE_MS = 20_000;

export interface ResolveDeps extends CloseDeps {
  readonly registry: Registry;
  readonly lists: SegmentLists;
  readonly endpoints: Pick<EndpointReader, 'users'>;
  readonly runs: RunStore;
  readonly objects: RunObjects;
  readonly runQueue: QueueSender<RunMessage>;
  readonly sliceQueue: QueueSender<SliceMessage>;
  /** The current moment, epoch milliseconds. */
  readonly clock: () => number;
}

/**
 * Turns a run's segment into slices and queues them. Safe to repeat at any point: what a checkpoint covers stays as it
 * is, the rest is written anew under a later attempt, and no slice is delivered before all of them are written.
 */
export async function resolveRun(deps: ResolveDeps, ctx: Ctx, message: RunMessage): Promise<void> {
  const campaign = await campaignToRun(deps, ctx, message);
  if (!campaign) return;
  await ensureActivity(deps.registry, campaign);
  const run = await deps.runs.takeUp(message, deps.clock(), deps.clock() + LEASE_MS);
  if (!run) return takeUpRefused(deps, message);
  const segment = await deps.lists.segment(
    message.appId,
    campaign.request.SegmentId ?? '',
    campaign.segmentVersion,
  );
  if (!segment) return failRun(deps, message, `There is no segment ${campaign.request.SegmentId}`);
  await changeActivity(deps.registry, message, (row) => ({
    ...row,
    state: 'INITIALIZING',
    start: row.start ?? new Date(deps.clock()).toISOString(),
  }));
  const plan = planOf(campaign);
  await deps.objects.put(planKey(message.activityId), plan);
  const lines = deps.lists.read(message.appId, segment.id, segment.version);
  const work = { run, plan, audience: audienceOf(campaign, plan), lines };
  const end = await cutSlices(deps, ctx, work).catch(async (error: unknown) => {
    // The next attempt need not wait for the lease; should this fail too, it does.
    await deps.runs.checkpoint(run.activityId, run.attempt, run, 0).catch(() => false);
    throw error;
  });
  if (end === 'lost') return;
  if (end === 'later') return deps.runQueue.send(message);
  await changeActivity(deps.registry, message, (row) => ({ ...row, state: 'RUNNING' }));
  await queueSlices(deps, message.activityId);
}

/** The campaign, EXECUTING; undefined when there is nothing (more) to run. */
async function campaignToRun(
  deps: ResolveDeps,
  ctx: Ctx,
  message: RunMessage,
): Promise<CampaignRow | undefined> {
  const stored = await deps.registry.get<CampaignRow>(campaignKey(message.appId, message.campaignId));
  if (!stored) return undefined;
  if (stored.row.status === 'EXECUTING') return stored.row;
  if (stored.row.status !== 'SCHEDULED') return undefined;
  // When the claim is lost, whoever was faster has queued the run as well.
  return (await claimCampaign(deps.registry, stored, ctx.now))?.row;
}

/** Another worker has the run, or it is resolved: then only its slices may still have to be queued. */
async function takeUpRefused(deps: ResolveDeps, message: RunMessage): Promise<void> {
  const run = await deps.runs.get(message.activityId);
  if (run?.state === 'RUNNING' && !run.queued) await queueSlices(deps, message.activityId);
}

async function queueSlices(deps: ResolveDeps, activityId: string): Promise<void> {
  const run = await deps.runs.get(activityId);
  if (!run) return;
  const messages = Array.from({ length: run.slices }, (_, index) => ({ activityId, slice: index + 1 }));
  await deps.sliceQueue.sendAll(messages, { groupId: run.campaignId });
  await deps.runs.markQueued(activityId);
  if (run.slices === 0) await closeRun(deps, activityId);
}

interface Work {
  readonly run: RunRow;
  readonly plan: RunPlan;
  readonly audience: Audience;
  readonly lines: AsyncIterable<readonly SegmentLine[]>;
}

/** `done`: every slice is written and the run is RUNNING. `later`: time ran out at a checkpoint. `lost`: another worker has the run. */
type End = 'done' | 'later' | 'lost';

async function cutSlices(deps: ResolveDeps, ctx: Ctx, work: Work): Promise<End> {
  const { activityId, attempt } = work.run;
  const writer = new SliceWriter(deps, work.run);
  const groups = mapAhead(freshGroups(work), GROUPS_AHEAD, (group) => expanded(deps, work, group));
  let renewAt = deps.clock() + RENEW_MS;
  for await (const { lines, expansion } of groups) {
    await writer.add(lines, expansion);
    const now = deps.clock();
    if (now >= ctx.deadline - RESERVE_MS) {
      const saved = await deps.runs.checkpoint(activityId, attempt, await writer.finished(), 0);
      return saved ? 'later' : 'lost';
    }
    if (now < renewAt) continue;
    // The lease is renewed on the checkpoint that stands: slices are not cut short for it.
    if (!(await deps.runs.checkpoint(activityId, attempt, work.run, now + LEASE_MS))) return 'lost';
    renewAt = now + RENEW_MS;
  }
  return (await deps.runs.resolved(activityId, attempt, await writer.finished())) ? 'done' : 'lost';
}

interface Group {
  /** Lines of the list it accounts for, duplicates included. */
  readonly lines: number;
  readonly fresh: readonly SegmentLine[];
  readonly duplicates: Readonly<Record<string, number>>;
}

/** Groups of lines after the checkpoint without those that came before: a user or endpoint in the list twice counts once. */
async function* freshGroups({ lines, run }: Work): AsyncGenerator<Group> {
  const seen = new Seen();
  let line = 0;
  for await (const group of grouped(lines, GROUP_LINES)) {
    const fresh: SegmentLine[] = [];
    const duplicates: Record<string, number> = {};
    let counted = 0;
    for (const each of group) {
      const isNew = seen.add('e' in each ? `e${each.e}` : `u${each.u}`);
      line += 1;
      if (line <= run.lines) continue;
      counted += 1;
      if (isNew) fresh.push(each);
      else {
        const metric = 'e' in each ? 'DUPLICATE_ENDPOINT' : 'DUPLICATE_USER';
        duplicates[metric] = (duplicates[metric] ?? 0) + 1;
      }
    }
    if (counted > 0) yield { lines: counted, fresh, duplicates };
  }
}

async function expanded(deps: ResolveDeps, { plan, audience }: Work, { lines, fresh, duplicates }: Group) {
  const userIds = usersNeeded(fresh, plan.userNames);
  const users =
    userIds.length === 0
      ? new Map<string, never>()
      : await deps.endpoints.users(plan.applicationId, userIds, plan.userNames);
  const expansion = expand(fresh, users, audience);
  return { lines, expansion: { ...expansion, metrics: { ...expansion.metrics, ...duplicates } } };
}

/** Cuts expansions into slices, numbers them on from the checkpoint and writes object and row of each. */
class SliceWriter {
  readonly #deps: ResolveDeps;
  readonly #run: RunRow;
  readonly #cutter = new Cutter();
  readonly #writes = new Bounded(SLICE_WRITES);
  readonly #metrics: Record<string, number>;
  #lines: number;
  #slices: number;

  constructor(deps: ResolveDeps, run: RunRow) {
    this.#deps = deps;
    this.#run = run;
    this.#lines = run.lines;
    this.#slices = run.slices;
    this.#metrics = { ...run.metrics };
  }

  async add(lines: number, expansion: Expansion): Promise<void> {
    this.#lines += lines;
    for (const [name, count] of Object.entries(expansion.metrics))
      this.#metrics[name] = (this.#metrics[name] ?? 0) + count;
    for (const slice of this.#cutter.add(expansion)) await this.#write(slice);
  }

  /** Writes what is left over and returns the checkpoint that covers everything added. */
  async finished(): Promise<Checkpoint> {
    for (const slice of this.#cutter.rest()) await this.#write(slice);
    await this.#writes.settled();
    return { lines: this.#lines, slices: this.#slices, metrics: this.#metrics };
  }

  async #write(object: SliceObject): Promise<void> {
    this.#slices += 1;
    const number = this.#slices;
    const { activityId, attempt } = this.#run;
    const objectKey = sliceKey(activityId, number, attempt);
    await this.#writes.add(async () => {
      await this.#deps.objects.put(objectKey, object);
      await this.#deps.runs.putSlice(
        {
          activityId,
          number,
          attempt,
          objectKey,
          entries: object.entries.length,
          skipped: skippedByReason(object.skipped),
        },
        this.#deps.clock(),
      );
    });
  }
}
