import type { WriteCampaignRequest } from '@aws-sdk/client-pinpoint';
import { cancelledRest } from '../../../lambdas/campaigns/sends/counts.ts';
import type { PinpointCampaigns, Resolved, SegmentResolver } from '../../../lambdas/campaigns/sends/ports.ts';
import { NO_COUNTS, type Tally } from '../../../lambdas/campaigns/sends/send.ts';

/** A Pinpoint campaign as the engine of a simulation has it. */
export interface SimulatedRun {
  readonly id: string;
  readonly request: WriteCampaignRequest;
  readonly audience: number;
  /** When it was first let go, by the clock of whoever did. */
  begunAt?: number;
  rests: boolean;
  removed: boolean;
  /** Messages gone out, and until when that was worked out. */
  done: number;
  doneAt: number;
}

export interface Pace {
  /** Milliseconds that an import takes. */
  readonly importMs: () => number;
  readonly messagesPerSecond: number;
  readonly audience: () => number;
}

/** An engine whose imports and runs take time by `clock`, and which never does anything twice. */
export function simulatedEngine(clock: () => number, { importMs, messagesPerSecond, audience }: Pace) {
  const imports = new Map<string, { id: string; readyAt: number }>();
  const runs = new Map<string, SimulatedRun>();
  const keys = new Map<string, SimulatedRun>();
  const grown = (run: SimulatedRun): SimulatedRun => {
    const now = clock();
    const goes = run.begunAt !== undefined && !run.rests && !run.removed;
    // A clock that was set back takes nothing back.
    const seconds = Math.max(0, now - run.doneAt) / 1000;
    if (goes) run.done = Math.min(run.audience, run.done + seconds * messagesPerSecond);
    run.doneAt = now;
    return run;
  };
  const pinpointAt = (now: () => number): PinpointCampaigns => ({
    async createImport(key) {
      const made = imports.get(key) ?? { id: `job-${key}`, readyAt: clock() + importMs() };
      imports.set(key, made);
      return made.id;
    },
    async importJob(id) {
      const job = imports.get(id.slice('job-'.length));
      if (!job) throw new Error(`there is no job ${id}`);
      return clock() < job.readyAt
        ? { state: 'pending', lines: 0 }
        : { state: 'completed', segmentId: `segment-${id}` };
    },
    async createCampaign(key, request) {
      const id = `run-${keys.size + 1}`;
      const run = keys.get(key) ?? {
        ...{ id, request, audience: audience() },
        ...{ rests: request.IsPaused === true, removed: false, done: 0, doneAt: clock() },
        ...(request.IsPaused ? {} : { begunAt: now() }),
      };
      keys.set(key, run);
      runs.set(run.id, run);
      return run.id;
    },
    async steer(id, { rests }) {
      const run = runs.get(id);
      if (!run || run.removed || grown(run).done === run.audience) return false;
      run.rests = rests;
      if (!rests) run.begunAt ??= now();
      return true;
    },
    async progress(id) {
      const run = runs.get(id);
      if (!run) return { state: 'gone', counts: NO_COUNTS };
      const counts = tallyOf(grown(run));
      if (run.removed) return { state: 'gone', counts: cancelledRest(counts) };
      if (run.begunAt === undefined) return { state: 'waiting', counts: NO_COUNTS };
      if (counts.open === 0) return { state: 'completed', counts };
      return run.rests ? { state: 'paused', reason: 'REQUESTED', counts } : { state: 'running', counts };
    },
    async remove(id) {
      const run = runs.get(id);
      if (run) grown(run).removed = true;
    },
  });
  return { pinpointAt, runs, tallyOf };
}

/** Of a run's messages two in a hundred fail, five are skipped, one in a thousand stays uncertain. */
export function tallyOf({ audience, done }: Pick<SimulatedRun, 'audience' | 'done'>): Tally {
  const decided = Math.floor(done);
  const failed = Math.floor(decided * 0.02);
  const skipped = Math.floor(decided * 0.05);
  const uncertain = Math.floor(decided * 0.001);
  return {
    audience,
    open: audience - decided,
    sent: decided - failed - skipped - uncertain,
    failed,
    skipped,
    uncertain,
    reasons: { failed: { FAILURE: failed }, skipped: { ENDPOINT_OPT_OUT: skipped } },
  };
}

/**
 * Resolutions that take time by `clock`. `failing` says how often the resolutions of one send fail before one is ready;
 * all who ask for one thing within a minute ask the same.
 */
export function simulatedSegments(
  clock: () => number,
  {
    lastsMs,
    members,
    failing,
  }: { lastsMs: () => number; members: number; failing: (sendId: string) => number },
): SegmentResolver {
  const known = new Map<string, { readyAt: number; fails: boolean }>();
  const failed = new Map<string, number>();
  return {
    async resolve(_, _name, askedBy) {
      const id = `${Math.floor(clock() / 60_000)}/${askedBy}`;
      if (known.has(id)) return id;
      const [sendId = ''] = /^.*-\d{8}T\d{4}/.exec(askedBy) ?? [];
      const before = failed.get(sendId) ?? 0;
      const fails = before < failing(sendId);
      if (fails) failed.set(sendId, before + 1);
      known.set(id, { readyAt: clock() + lastsMs(), fails });
      return id;
    },
    async resolution(_, _name, id): Promise<Resolved> {
      const found = known.get(id);
      if (!found) return { state: 'failed', reason: 'there is no such resolution' };
      if (clock() < found.readyAt) return { state: 'pending' };
      if (found.fails) return { state: 'failed', reason: 'Athena: the query was cancelled' };
      return { state: 'ready', url: `s3://work/${id}/`, members };
    },
    sizes: async () => [],
  };
}
