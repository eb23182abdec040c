import type { Ctx } from '../../shared/context.ts';
import type { QueueSender } from '../../shared/queue-sender.ts';
import { logger } from '../../shared/telemetry.ts';
import {
  type ActivityRow,
  activityKey,
  type CampaignRow,
  campaignKey,
  hasBegun,
} from '../campaigns/campaign.ts';
import { changeActivities, claimCampaign, ensureActivities, WATCH_MS } from '../campaigns/start-campaign.ts';
import type { EndpointReader, Registry, SegmentLine, SegmentLists } from '../ports.ts';
import { UnreadableList } from '../segments/unreadable-list.ts';
import { filledIn } from '../templates/fill-in.ts';
import type { TemplateFinder } from '../templates/find-template.ts';
import { Bounded, grouped, mapAhead } from './ahead.ts';
import { cancelRun } from './cancel-run.ts';
import { type CloseDeps, closeRun, failRun } from './close-run.ts';
import { Cutter, skippedByReason } from './cutter.ts';
import {
  type Audience,
  type Expansion,
  endpointsOf,
  expand,
  type Skip,
  usersNeeded,
  withinSplit,
} from './expand.ts';
import { queueLanes } from './lanes.ts';
import type { MetricName } from './metrics.ts';
import type { CutSlice } from './open-slice.ts';
import { audienceOf, newRunOf, planOf } from './plan.ts';
import type { RunObjects, RunStore } from './ports.ts';
import {
  type Checkpoint,
  type LaneMessage,
  planKey,
  type RunMessage,
  type RunPlan,
  type RunRow,
  sliceKey,
} from './run.ts';
import { Seen } from './seen.ts';
import { asControlled } from './show-pause.ts';
import { settleControls } from './steer-run.ts';

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
  readonly endpoints: Pick<EndpointReader, 'users' | 'endpoints'>;
  readonly runs: RunStore;
  readonly objects: RunObjects;
  readonly templates: TemplateFinder;
  readonly runQueue: QueueSender<RunMessage>;
  readonly sliceQueue: QueueSender<LaneMessage>;
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
  await ensureActivities(deps.registry, campaign);
  if (await hasVanished(deps, message))
    return failRun(deps, message, 'The run lasted longer than its rows are kept; nobody else gets anything');
  const plan = await planFor(deps, campaign);
  if (typeof plan === 'string') return failRun(deps, message, plan);
  const segment = await deps.lists.segment(
    message.appId,
    campaign.request.SegmentId ?? '',
    campaign.segmentVersion,
  );
  const now = deps.clock();
  const run = await deps.runs.takeUp(newRunOf(campaign, plan, segment?.size ?? 0), now, now + LEASE_MS);
  if (!run) return takeUpRefused(deps, message);
  if (!segment) return failRun(deps, message, `There is no segment ${campaign.request.SegmentId}`);
  await changeActivities(deps.registry, message, (row) => ({
    ...asControlled(row, run),
    start: row.start ?? new Date(deps.clock()).toISOString(),
  }));
  const lines = deps.lists.read(message.appId, segment.id, segment.version);
  const work = { run, plan, audience: audienceOf(campaign, plan), lines };
  const end = await cutSlices(deps, ctx, work).catch((error: unknown) => brokenOff(deps, run, error));
  if (end === 'lost') return;
  if (end === 'later') return deps.runQueue.send(message);
  await queueSlices(deps, message.activityId);
}

/**
 * The run's plan, made once: later attempts and all workers have the first one's, whatever its templates say by then. A text
 * says why there is none.
 */
async function planFor(deps: ResolveDeps, campaign: CampaignRow): Promise<RunPlan | string> {
  const key = planKey(campaign.activityId);
  const known = await deps.objects.get<RunPlan>(key);
  if (known) return known;
  const filled = await filledIn(deps.templates, campaign.request);
  const problems = filled.flatMap(({ problems: own }) => own);
  if (problems.length > 0) return problems.join('; ');
  return deps.objects.putOnce(key, planOf(campaign, filled));
}

/** A list that nobody can read ends the run, with its reason; after anything else it is tried again. */
async function brokenOff(deps: ResolveDeps, run: RunRow, error: unknown): Promise<End> {
  if (!(error instanceof UnreadableList)) {
    // The next attempt need not wait for the lease; should this fail too, it does.
    await deps.runs.checkpoint(run.activityId, run.attempt, run, 0).catch(() => false);
    throw error;
  }
  logger.error('run ended: its list cannot be read', { error, run: run.activityId });
  const isHeld = await deps.runs.checkpoint(run.activityId, run.attempt, run, deps.clock() + LEASE_MS);
  if (isHeld) await failRun(deps, run, error.message);
  return 'lost';
}

/** The campaign, EXECUTING or paused in the middle; undefined when there is nothing (more) to run. */
async function campaignToRun(
  deps: ResolveDeps,
  ctx: Ctx,
  message: RunMessage,
): Promise<CampaignRow | undefined> {
  const stored = await deps.registry.get<CampaignRow>(campaignKey(message.appId, message.campaignId));
  if (!stored) return undefined;
  if (hasBegun(stored.row)) return stored.row;
  if (stored.row.status !== 'SCHEDULED') return undefined;
  const earlyMs = stored.row.startAt - ctx.now;
  if (earlyMs > 0) return putOff(deps, message, earlyMs);
  // When the claim is lost, whoever was faster has queued the run as well.
  return (await claimCampaign(deps.registry, stored, ctx.now))?.row;
}

/** Clocks differ a little: a message that comes early comes again. One much too early was put off, and the tick starts it. */
async function putOff(deps: ResolveDeps, message: RunMessage, earlyMs: number): Promise<undefined> {
  if (earlyMs < WATCH_MS) await deps.runQueue.send(message, { delaySeconds: Math.ceil(earlyMs / 1000) });
}

/**
 * Whether there was a run whose row is gone: taken up anew it would send everything again. The activity is read first, for
 * it begins after its run has a row: a worker that takes the run up in between is not taken for one of long ago.
 */
async function hasVanished(deps: ResolveDeps, message: RunMessage): Promise<boolean> {
  const { appId, campaignId, activityId } = message;
  const activity = await deps.registry.get<ActivityRow>(activityKey(appId, campaignId, activityId));
  return activity?.row.start !== undefined && (await deps.runs.get(activityId)) === undefined;
}

/** Another worker has the run, or it is resolved: then only its slices may still have to be queued. */
async function takeUpRefused(deps: ResolveDeps, message: RunMessage): Promise<void> {
  const run = await deps.runs.get(message.activityId);
  if (run?.state === 'RUNNING' && !run.queued) await queueSlices(deps, message.activityId);
}

async function queueSlices(deps: ResolveDeps, activityId: string): Promise<void> {
  const run = await settled(deps, await deps.runs.get(activityId));
  if (!run) return;
  await changeActivities(deps.registry, run, (row) => asControlled(row, run));
  if (run.paused === undefined) await queueLanes(deps, run, deps.clock());
  await deps.runs.markQueued(activityId);
  if (run.slices === 0) await closeRun(deps, activityId);
}

/** What met the campaign before the run had a row has to hold before anybody gets a message. */
async function settled(deps: ResolveDeps, run: RunRow | undefined): Promise<RunRow | undefined> {
  if (!run) return undefined;
  const campaign = await deps.registry.get<CampaignRow>(campaignKey(run.appId, run.campaignId));
  if (campaign && campaign.row.status !== 'DELETED')
    return settleControls(deps, campaign.row, run, deps.clock());
  await cancelRun(deps, run.activityId, deps.clock());
  return deps.runs.get(run.activityId);
}

interface Work {
  readonly run: RunRow;
  readonly plan: RunPlan;
  readonly audience: Audience;
  readonly lines: AsyncIterable<readonly SegmentLine[]>;
}

/** `done`: every slice is written and the run is RUNNING. `later`: time ran out at a checkpoint. `lost`: another worker has the run, or it is over. */
type End = 'done' | 'later' | 'lost';

async function cutSlices(deps: ResolveDeps, ctx: Ctx, work: Work): Promise<End> {
  const { activityId, attempt } = work.run;
  const writer = new SliceWriter(deps, work.run);
  const groups = mapAhead(freshGroups(work), GROUPS_AHEAD, (group) => expanded(deps, work, group));
  const addresses = new Seen(work.run.listLines);
  let renewAt = deps.clock() + RENEW_MS;
  for await (const { lines, expansion } of groups) {
    await writer.add(lines, withoutSharedAddresses(expansion, addresses));
    const now = deps.clock();
    // However short the time, one group is done: so each turn comes further than the last.
    if (lines > 0 && now >= ctx.deadline - RESERVE_MS) {
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
  /** Lines of the list it accounts for, duplicates included; 0 when an earlier attempt has done them. */
  readonly lines: number;
  readonly fresh: readonly SegmentLine[];
  readonly duplicates: Readonly<Partial<Record<MetricName, number>>>;
}

/**
 * Groups of lines without those that came before: a user or endpoint in the list twice counts once. Lines that the
 * checkpoint covers come as well, for the addresses they took.
 */
async function* freshGroups({ lines, run }: Work): AsyncGenerator<Group> {
  const seen = new Seen(run.listLines);
  let line = 0;
  for await (const group of grouped(lines, GROUP_LINES)) {
    // Checkpoints lie between groups, unless a former version of the code wrote them: then a part is done.
    const done = Math.min(group.length, Math.max(0, run.lines - line));
    line += group.length;
    const isNew = group.map((each) => seen.add('e' in each ? `e${each.e}` : `u${each.u}`));
    if (done > 0)
      yield { lines: 0, fresh: group.slice(0, done).filter((_, at) => isNew[at]), duplicates: {} };
    if (done === group.length) continue;
    const rest = group.slice(done);
    const fresh = rest.filter((_, at) => isNew[done + at]);
    yield { lines: rest.length, fresh, duplicates: duplicatesAmong(rest, fresh) };
  }
}

function duplicatesAmong(
  lines: readonly SegmentLine[],
  fresh: readonly SegmentLine[],
): Partial<Record<MetricName, number>> {
  const isUser = (line: SegmentLine): boolean => !('e' in line);
  const users = lines.filter(isUser).length - fresh.filter(isUser).length;
  const endpoints = lines.length - fresh.length - users;
  return {
    ...(users > 0 ? { DUPLICATE_USER: users } : {}),
    ...(endpoints > 0 ? { DUPLICATE_ENDPOINT: endpoints } : {}),
  };
}

/**
 * Lines that are done are expanded by what they hold themselves: reading their users again could take as long as the
 * first time and never come to an end. (An address that two active endpoints share is a race of two updates anyway.)
 */
async function expanded(deps: ResolveDeps, { plan, audience }: Work, { lines, fresh, duplicates }: Group) {
  const own = withinSplit(fresh, audience);
  if (lines === 0)
    return { lines, expansion: expand(own, { users: new Map() }, { ...audience, startOf: undefined }) };
  const userIds = usersNeeded(own, plan.userNames);
  const users =
    userIds.length === 0
      ? new Map<string, never>()
      : await deps.endpoints.users(plan.applicationId, userIds, plan.userNames);
  const zones = audience.startOf && (await zonesOf(deps, plan, endpointsOf(own, users)));
  const expansion = expand(own, { users, zones }, audience);
  const outside = fresh.length - own.length;
  const left: typeof duplicates = { ...duplicates, ...(outside > 0 ? { OUTSIDE_SPLIT: outside } : {}) };
  return { lines, expansion: { ...expansion, metrics: { ...expansion.metrics, ...left } } };
}

const TIMEZONE = 'Demographic.Timezone';

async function zonesOf(
  { endpoints }: ResolveDeps,
  { applicationId }: RunPlan,
  ids: readonly string[],
): Promise<Map<string, string>> {
  const rows = await endpoints.endpoints(applicationId, ids, [TIMEZONE]);
  return new Map(
    [...rows].flatMap(([id, values]) => (values[TIMEZONE] ? [[id, String(values[TIMEZONE])]] : [])),
  );
}

/** An address gets one message of a run, whichever of its endpoints comes first. */
function withoutSharedAddresses({ recipients, skipped, metrics }: Expansion, addresses: Seen): Expansion {
  const shared: Skip[] = [];
  const own = recipients.filter(({ lot: { kind, treatmentId }, entry: { e, u, c }, address }) => {
    if (addresses.add(`${kind}\0${address}`)) return true;
    shared.push({
      treatmentId,
      kind,
      entry: { e, ...(u === undefined ? {} : { u }), c, r: 'DUPLICATE_ADDRESS' },
    });
    return false;
  });
  if (shared.length === 0) return { recipients, skipped, metrics };
  return {
    recipients: own,
    skipped: [...skipped, ...shared],
    metrics: { ...metrics, DUPLICATE_ADDRESS: shared.length },
  };
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

  /** Without lines the expansion is of lines that an earlier attempt has done. */
  async add(lines: number, expansion: Expansion): Promise<void> {
    if (lines === 0) return;
    this.#lines += lines;
    for (const [name, count] of Object.entries(expansion.metrics))
      this.#metrics[name] = (this.#metrics[name] ?? 0) + count;
    for (const slice of this.#cutter.add(expansion.recipients, expansion.skipped)) await this.#write(slice);
  }

  /** Writes what is left over and returns the checkpoint that covers everything added. */
  async finished(): Promise<Checkpoint> {
    for (const slice of this.#cutter.rest()) await this.#write(slice);
    await this.#writes.settled();
    return { lines: this.#lines, slices: this.#slices, metrics: this.#metrics };
  }

  async #write(slice: CutSlice): Promise<void> {
    this.#slices += 1;
    const number = this.#slices;
    const { activityId, attempt } = this.#run;
    const objectKey = sliceKey(activityId, number, attempt);
    await this.#writes.add(async () => {
      await this.#deps.objects.putJson(objectKey, slice.json);
      await this.#deps.runs.putSlice(
        {
          activityId,
          number,
          attempt,
          objectKey,
          treatmentId: slice.treatmentId,
          entries: slice.entries,
          skipped: skippedByReason(slice.skipped),
          notBefore: slice.startAt ?? 0,
          startAt: slice.startAt,
        },
        this.#deps.clock(),
      );
    });
  }
}
