import type { Ctx } from '../shared/context.ts';
import { RepointError } from '../shared/errors.ts';
import { watchedQuery } from '../shared/finished-query.ts';
import { RefusedStatement } from '../shared/queries.ts';
import { compileRule } from './compile/compile-rule.ts';
import { splitRule } from './compile/split-rule.ts';
import { NotYet } from './lists/listed-members.ts';
import type {
  ListStore,
  Queries,
  QueryState,
  ResolutionMessage,
  ResolutionQueue,
  ResolutionStore,
  StoredResolution,
  Time,
} from './ports.ts';
import {
  bitsPartition,
  claimed,
  exhausted,
  type Found,
  failed,
  gonePartition,
  heldForMs,
  isFinal,
  isVoid,
  listPrefix,
  messageOf,
  PREVIEWS,
  type Problem,
  querying,
  type Resolution,
  ready,
  refused,
  released,
  scannedAll,
  scanning,
} from './resolution.ts';
import { announceResolved } from './resolve/announce.ts';
import { HeldRow, LostRow } from './resolve/held-row.ts';
import { refusedSql } from './resolve/refused-sql.ts';
import { listMembers, type OnPage, type ScanDeps, writeBits } from './resolve/scan-members.ts';
import type { ResolveSettings } from './resolve/settings.ts';
import { unloadOf } from './resolve/unload.ts';
import { type GoneDeps, writeGone } from './resolve/write-gone.ts';
import type { PlainRule } from './rule/plain.ts';

export interface ResolveDeps extends ScanDeps, GoneDeps {
  readonly resolutions: ResolutionStore;
  readonly queue: ResolutionQueue;
  readonly lists: ListStore;
  readonly queries: Queries;
  readonly time: Time;
  readonly settings: ResolveSettings;
  /** Judges the members of a preview's list and keeps what it found; done before the preview is ready. */
  readonly previewed: (id: string, listUrl: string) => Promise<void>;
}

/** Time kept to write down how far the work has come, before the function's own time runs out. */
const RESERVE_MS = 10_000;
/** A lease ends a little after the function that holds it must have ended. */
const LEASE_SLACK_MS = 5_000;
const LONGEST_DELAY_SECONDS = 900;
/** Who looks sees the scan this old at most. */
const TOLD_EVERY_MS = 2_000;
const POLL_MS = { first: 200, longest: 2_000 } as const;
/** Seconds until the next try: after a problem, when Athena takes no more queries, when time ran out. */
const RETRY_SECONDS = { problem: 5, busy: 15, unfinished: 1 } as const;

/**
 * Works on one resolution until it is `ready` or `failed`, or hands it back to the queue (spec §3). Safe to repeat and
 * to run twice at once: a worker claims the row, each try writes to a place of its own, a running query is watched on.
 * A message that comes twice waits for the row's lease, in case its holder dies, and is void once that has handed it back.
 */
export async function resolveSegment(deps: ResolveDeps, ctx: Ctx, message: ResolutionMessage): Promise<void> {
  const stored = await deps.resolutions.get(message.segment, message.id);
  if (!stored || isFinal(stored.resolution) || isVoid(stored.resolution, message)) return;
  const heldMs = heldForMs(stored.resolution, ctx.now);
  if (heldMs > 0) return later(deps, message, Math.ceil(heldMs / 1000));
  const reason = exhausted(stored.resolution, ctx.now);
  if (reason !== undefined) {
    await deps.resolutions.replace(stored, failed(stored.resolution, reason, ctx.now));
    return;
  }
  const mine = await deps.resolutions.replace(
    stored,
    claimed(stored.resolution, ctx.deadline + LEASE_SLACK_MS, ctx.now),
  );
  if (mine) await worked(deps, ctx, mine);
}

async function worked(deps: ResolveDeps, ctx: Ctx, mine: StoredResolution): Promise<void> {
  const row = new HeldRow(deps.resolutions, mine);
  try {
    const { rule } = row.resolution;
    if (rule === undefined) throw new Error('the resolution was stored without its rule');
    if (splitRule(rule).path === 'members') await ofMembers(deps, row, rule);
    else await ofEvents(deps, ctx, row, rule);
  } catch (error) {
    await handBack(deps, row.resolution, problemOf(error));
  }
}

/** A row that was lost, or only seems so because the answer to its last write was, costs no try; nor does a list that is still matched. */
function problemOf(error: unknown): Problem {
  const busy =
    error instanceof LostRow ||
    error instanceof NotYet ||
    (error instanceof RepointError && error.code === 'too_many');
  const reason = error instanceof Error ? error.message : String(error);
  return { reason, countsAsTry: !busy, endsQuery: false };
}

/** All from members' rows: the list is written while they are read. */
async function ofMembers(deps: ResolveDeps, row: HeldRow, rule: PlainRule): Promise<void> {
  const prefix = listPrefix(row.resolution);
  const without = new Set(await deps.gone());
  const found = await listMembers(deps, rule, momentOf(deps, row), { prefix, without }, telling(deps, row));
  await row.become(scannedAll(row.resolution, found.scanned, deps.time.now()));
  await finish(deps, row, { listUrl: deps.lists.url(prefix), size: found.written });
}

/** From events, by one query, which joins what the members' rows say when the rule asks for that. */
async function ofEvents(deps: ResolveDeps, ctx: Ctx, row: HeldRow, rule: PlainRule): Promise<void> {
  if (row.resolution.queryId === undefined) {
    await scanFirst(deps, row, rule);
    try {
      await startQuery(deps, row, rule);
    } catch (error) {
      if (!(error instanceof RefusedStatement) || !(await wasRefused(deps, row, error.message))) throw error;
      return;
    }
  }
  await watch(deps, ctx, row);
}

async function scanFirst(deps: ResolveDeps, row: HeldRow, rule: PlainRule): Promise<void> {
  const { bits, needsMembers } = splitRule(rule);
  if (!needsMembers) return;
  const partition = bitsPartition(row.resolution);
  const { scanned } = await writeBits(deps, bits, momentOf(deps, row), partition, telling(deps, row));
  await row.become(scannedAll(row.resolution, scanned, deps.time.now()));
}

async function startQuery(deps: ResolveDeps, row: HeldRow, rule: PlainRule): Promise<void> {
  const target = targetOf(deps, row);
  const gone = await writeGone(deps, gonePartition(row.resolution));
  const statement = statementOf(deps, row, rule, gone);
  const queryId = await deps.queries.start(statement, target);
  await row.become(querying(row.resolution, queryId));
}

const targetOf = ({ lists }: ResolveDeps, { resolution }: HeldRow): string =>
  lists.url(listPrefix(resolution));

function statementOf(deps: ResolveDeps, row: HeldRow, rule: PlainRule, gone?: string): string {
  const asked = { ...momentOf(deps, row), retentionDays: deps.settings.retentionDays };
  const { select } = compileRule(rule, asked, { resolution: bitsPartition(row.resolution) });
  return unloadOf(select, targetOf(deps, row), gone);
}

/** Ends it when what Athena refuses can only be the analyst's SQL; false when that is nobody's but ours. */
async function wasRefused(deps: ResolveDeps, row: HeldRow, reason: string): Promise<boolean> {
  const { rule } = row.resolution;
  const said = rule && refusedSql(rule, statementOf(deps, row, rule), reason);
  if (said === undefined) return false;
  await row.become(refused(row.resolution, said, deps.time.now()));
  return true;
}

async function watch(deps: ResolveDeps, ctx: Ctx, row: HeldRow): Promise<void> {
  const prefix = listPrefix(row.resolution);
  const patience = { until: ctx.deadline - RESERVE_MS, pollMs: POLL_MS };
  const answer = await watchedQuery(deps, row.resolution.queryId ?? '', patience);
  if (answer.state === 'running') return handBack(deps, row.resolution);
  if (answer.state === 'failed') return queryFailed(deps, row, answer);
  const { scannedBytes } = answer;
  const found = { listUrl: deps.lists.url(prefix), size: await deps.lists.countLines(prefix) };
  return finish(deps, row, { ...found, ...(scannedBytes === undefined ? {} : { scannedBytes }) });
}

/** The moment it was asked for: whoever waited in the queue is judged for no later one. */
const momentOf = ({ settings }: ResolveDeps, { resolution }: HeldRow) => ({
  now: Date.parse(resolution.requestedAt),
  timeZone: settings.timeZone,
});

/** Writes down how far a scan is, one writing at a time. Whoever has lost the row stops reading. */
function telling({ time }: ResolveDeps, row: HeldRow): OnPage {
  let toldAt = time.now();
  let writing: Promise<unknown> | undefined;
  return async (scanned) => {
    if (writing !== undefined) return void (await writing);
    if (time.now() - toldAt < TOLD_EVERY_MS) return;
    toldAt = time.now();
    writing = row.become(scanning(row.resolution, scanned)).finally(() => {
      writing = undefined;
    });
    await writing;
  };
}

async function queryFailed(
  deps: ResolveDeps,
  row: HeldRow,
  answer: QueryState & { readonly state: 'failed' },
): Promise<void> {
  if (answer.fault === 'statement' && (await wasRefused(deps, row, answer.reason))) return;
  const reason = `Athena: ${answer.reason}`;
  if (answer.retryable) return handBack(deps, row.resolution, { reason, countsAsTry: true, endsQuery: true });
  await row.become(failed(row.resolution, reason, deps.time.now()));
}

async function finish(deps: ResolveDeps, row: HeldRow, found: Found): Promise<void> {
  if (row.resolution.segment === PREVIEWS) await deps.previewed(row.resolution.id, found.listUrl);
  const done = ready(row.resolution, found, deps.time.now(), deps.settings.listMs);
  announceResolved(await row.become(done));
}

/** Whoever lost the claim meanwhile has nothing to write: the winner's word stands. */
async function handBack(deps: ResolveDeps, mine: Resolution, problem?: Problem): Promise<void> {
  const now = deps.time.now();
  // The row may have moved on under this very worker (the query's id was saved): what stands there is handed back.
  const current = await deps.resolutions.get(mine.segment, mine.id);
  if (!current || isFinal(current.resolution) || current.resolution.leaseUntil !== mine.leaseUntil) return;
  const back = released(current.resolution, now, problem);
  const reason = exhausted(back, now);
  if (reason !== undefined) {
    await deps.resolutions.replace(current, failed(back, reason, now));
    return;
  }
  if (!(await deps.resolutions.replace(current, back))) return;
  await later(deps, messageOf(back), retrySeconds(problem));
}

function retrySeconds(problem: Problem | undefined): number {
  if (problem === undefined) return RETRY_SECONDS.unfinished;
  return problem.countsAsTry ? RETRY_SECONDS.problem : RETRY_SECONDS.busy;
}

const later = (deps: ResolveDeps, message: ResolutionMessage, seconds: number): Promise<void> =>
  deps.queue.send(message, { delaySeconds: Math.min(LONGEST_DELAY_SECONDS, seconds) });
