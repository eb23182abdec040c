import type { Ctx } from '../shared/context.ts';
import { RepointError } from '../shared/errors.ts';
import { compileBehaviour } from './compile-behaviour.ts';
import type {
  ListStore,
  MemberScan,
  Queries,
  ResolutionMessage,
  ResolutionQueue,
  ResolutionStore,
  SegmentStore,
  StoredResolution,
  Time,
} from './ports.ts';
import {
  claimed,
  exhausted,
  failed,
  heldForMs,
  isFinal,
  listPrefix,
  type Problem,
  querying,
  type Resolution,
  ready,
  released,
} from './resolution.ts';
import { resolveMembers } from './resolve-members.ts';
import { type BehaviourCondition, isBehaviour } from './rule.ts';

export interface ResolveDeps {
  readonly segments: SegmentStore;
  readonly resolutions: ResolutionStore;
  readonly queue: ResolutionQueue;
  readonly members: MemberScan;
  readonly lists: ListStore;
  readonly queries: Queries;
  readonly time: Time;
}

/** Time kept to write down how far the work has come, before the function's own time runs out. */
const RESERVE_MS = 10_000;
/** A lease ends a little after the function that holds it must have ended. */
const LEASE_SLACK_MS = 5_000;
const LONGEST_DELAY_SECONDS = 900;
const POLL_MS = { first: 200, longest: 2_000 } as const;
/** Seconds until the next try: after a problem, when Athena takes no more queries, when time ran out. */
const RETRY_SECONDS = { problem: 5, busy: 15, unfinished: 1 } as const;

/**
 * Works on one resolution until it is `ready` or `failed`, or hands it back to the queue (spec §3). Safe to repeat and
 * to run twice at once: a worker claims the row, each try writes to a place of its own, a running query is watched on.
 */
export async function resolveSegment(deps: ResolveDeps, ctx: Ctx, message: ResolutionMessage): Promise<void> {
  const stored = await deps.resolutions.get(message.segment, message.id);
  if (!stored || isFinal(stored.resolution)) return;
  const heldMs = heldForMs(stored.resolution, ctx.now);
  if (heldMs > 0) return later(deps, message, Math.ceil(heldMs / 1000));
  const reason = exhausted(stored.resolution, ctx.now);
  if (reason !== undefined) {
    await deps.resolutions.replace(stored, failed(stored.resolution, reason, ctx.now));
    return;
  }
  const mine = await deps.resolutions.replace(
    stored,
    claimed(stored.resolution, ctx.deadline + LEASE_SLACK_MS),
  );
  if (mine) await worked(deps, ctx, mine);
}

async function worked(deps: ResolveDeps, ctx: Ctx, mine: StoredResolution): Promise<void> {
  try {
    const segment = await deps.segments.findVersion(mine.resolution.segment, mine.resolution.version);
    if (!segment) return finish(deps, mine, failed(mine.resolution, 'the segment is gone', deps.time.now()));
    if (isBehaviour(segment.rule)) return await query(deps, ctx, mine, segment.rule);
    const prefix = listPrefix(mine.resolution);
    const size = await resolveMembers(deps, segment.rule, prefix);
    await finish(deps, mine, ready(mine.resolution, deps.lists.url(prefix), size, deps.time.now()));
  } catch (error) {
    const busy = error instanceof RepointError && error.code === 'too_many';
    const reason = error instanceof Error ? error.message : String(error);
    await handBack(deps, mine, { reason, countsAsTry: !busy, endsQuery: false });
  }
}

async function query(
  deps: ResolveDeps,
  ctx: Ctx,
  mine: StoredResolution,
  condition: BehaviourCondition,
): Promise<void> {
  const running = await started(deps, mine, condition);
  if (!running) return;
  const { resolution } = running;
  for (let waitMs: number = POLL_MS.first; ; waitMs = Math.min(waitMs * 1.5, POLL_MS.longest)) {
    const answer = await deps.queries.state(resolution.queryId ?? '');
    if (answer.state === 'succeeded') {
      const size = await deps.lists.countLines(listPrefix(resolution));
      const url = deps.lists.url(listPrefix(resolution));
      return finish(deps, running, ready(resolution, url, size, deps.time.now()));
    }
    if (answer.state === 'failed') return queryFailed(deps, running, answer);
    if (deps.time.now() + waitMs > ctx.deadline - RESERVE_MS) return handBack(deps, running);
    await deps.time.sleep(waitMs);
  }
}

async function started(
  deps: ResolveDeps,
  mine: StoredResolution,
  condition: BehaviourCondition,
): Promise<StoredResolution | undefined> {
  const { resolution } = mine;
  if (resolution.queryId !== undefined) return mine;
  const target = deps.lists.url(listPrefix(resolution));
  const sql = compileBehaviour({ condition, now: Date.parse(resolution.requestedAt), target });
  return deps.resolutions.replace(mine, querying(resolution, await deps.queries.start(sql, target)));
}

async function queryFailed(
  deps: ResolveDeps,
  mine: StoredResolution,
  answer: { reason: string; retryable: boolean },
): Promise<void> {
  const reason = `Athena: ${answer.reason}`;
  if (answer.retryable) return handBack(deps, mine, { reason, countsAsTry: true, endsQuery: true });
  await finish(deps, mine, failed(mine.resolution, reason, deps.time.now()));
}

/** Whoever lost the claim meanwhile has nothing to write: the winner's word stands. */
async function finish(deps: ResolveDeps, mine: StoredResolution, next: Resolution): Promise<void> {
  await deps.resolutions.replace(mine, next);
}

async function handBack(deps: ResolveDeps, mine: StoredResolution, problem?: Problem): Promise<void> {
  const now = deps.time.now();
  // The row may have moved on under this very worker (the query's id was saved): what stands there is handed back.
  const current = await deps.resolutions.get(mine.resolution.segment, mine.resolution.id);
  if (!current || current.resolution.leaseUntil !== mine.resolution.leaseUntil) return;
  const back = released(current.resolution, now, problem);
  const reason = exhausted(back, now);
  if (reason !== undefined) return finish(deps, current, failed(back, reason, now));
  if (!(await deps.resolutions.replace(current, back))) return;
  await later(deps, { segment: back.segment, id: back.id }, retrySeconds(problem));
}

function retrySeconds(problem: Problem | undefined): number {
  if (problem === undefined) return RETRY_SECONDS.unfinished;
  return problem.countsAsTry ? RETRY_SECONDS.problem : RETRY_SECONDS.busy;
}

const later = (deps: ResolveDeps, message: ResolutionMessage, seconds: number): Promise<void> =>
  deps.queue.send(message, { delaySeconds: Math.min(LONGEST_DELAY_SECONDS, seconds) });
