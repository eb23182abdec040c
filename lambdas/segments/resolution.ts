import { isBehaviour, type Rule } from './rule.ts';
import type { Segment } from './segment.ts';

export type ResolutionState = 'queued' | 'running' | 'ready' | 'failed';

/** One evaluation of a segment version: who was in it at that moment, as a list in S3. Times are ISO 8601, UTC. */
export interface Resolution {
  readonly segment: string;
  /** Begins with the minute it was asked for, so that ids sort by time. */
  readonly id: string;
  readonly version: number;
  readonly state: ResolutionState;
  /** End of the behaviour window. */
  readonly requestedAt: string;
  /** When its message was last put on the queue. */
  readonly queuedAt: string;
  /** Tries so far; each writes to a place of its own. */
  readonly attempt: number;
  /** While running: nobody else works on it before this moment. */
  readonly leaseUntil?: string;
  /** Athena's id of the running query. */
  readonly queryId?: string;
  /** What went wrong last; in state `failed`, why. */
  readonly reason?: string;
  readonly finishedAt?: string;
  /** Prefix of the list, `s3://bucket/prefix/`. */
  readonly listUrl?: string;
  /** Members in the list. */
  readonly size?: number;
}

/** A resolution must end, one way or the other, within this time. */
export const RESOLVE_WITHIN_MS = 60 * 60 * 1000;
export const MAX_ATTEMPTS = 3;
/** A resolution nobody works on for this long has lost its message. */
const SILENCE_MS = 60 * 1000;

export const isFinal = ({ state }: Resolution): boolean => state === 'ready' || state === 'failed';

const iso = (ms: number): string => new Date(ms).toISOString();

/** Drops the marks of the worker that held it. */
function unheld(resolution: Resolution): Omit<Resolution, 'leaseUntil'> {
  const { leaseUntil: _, ...rest } = resolution;
  return rest;
}

/**
 * The id under which `askedBy` finds the resolution. All who ask for one version of a behaviour rule within a minute
 * share it (Athena's quota). An attribute rule is read for each asker, because a changed attribute counts at once (spec §3).
 */
export function resolutionId(version: number, rule: Rule, askedBy: string, now: number): string {
  const minute = iso(now).slice(0, 16).replaceAll(/[-:]/g, '');
  return isBehaviour(rule) ? `${minute}-v${version}` : `${minute}-v${version}-${askedBy}`;
}

export function newResolution(segment: Segment, askedBy: string, now: number): Resolution {
  return {
    segment: segment.name,
    id: resolutionId(segment.version, segment.rule, askedBy, now),
    version: segment.version,
    state: 'queued',
    requestedAt: iso(now),
    queuedAt: iso(now),
    attempt: 0,
  };
}

/** Milliseconds until another worker's lease ends; 0 when the resolution is free. */
export const heldForMs = ({ state, leaseUntil }: Resolution, now: number): number =>
  state === 'running' && leaseUntil !== undefined ? Math.max(0, Date.parse(leaseUntil) - now) : 0;

/** Whether its message must have been lost (a crash, a queue without memory), so that it needs another. */
export function isForgotten(resolution: Resolution, now: number): boolean {
  if (isFinal(resolution)) return false;
  const since = Math.max(Date.parse(resolution.queuedAt), Date.parse(resolution.leaseUntil ?? iso(0)));
  return now - since > SILENCE_MS;
}

/** Why no further try may be made, or undefined. */
export function exhausted(resolution: Resolution, now: number): string | undefined {
  const last = resolution.reason === undefined ? '' : `; last problem: ${resolution.reason}`;
  if (now - Date.parse(resolution.requestedAt) > RESOLVE_WITHIN_MS) {
    return `not resolved within ${RESOLVE_WITHIN_MS / 60_000} minutes${last}`;
  }
  if (resolution.queryId === undefined && resolution.attempt >= MAX_ATTEMPTS) {
    return `given up after ${MAX_ATTEMPTS} tries${last}`;
  }
  return undefined;
}

/** Taken by a worker until `leaseUntil`. A query that already runs is watched on; otherwise a new try begins. */
export const claimed = (resolution: Resolution, leaseUntil: number): Resolution => ({
  ...resolution,
  state: 'running',
  attempt: resolution.queryId === undefined ? resolution.attempt + 1 : resolution.attempt,
  leaseUntil: iso(leaseUntil),
});

export const querying = (resolution: Resolution, queryId: string): Resolution => ({ ...resolution, queryId });

/** What kept a worker from finishing. */
export interface Problem {
  readonly reason: string;
  /** A service that takes no more work now costs no try. */
  readonly countsAsTry: boolean;
  /** The query itself is over; otherwise a query that was started is watched on. */
  readonly endsQuery: boolean;
}

/** Given back, to be worked on again: with the problem met, or because the worker's time ran out. */
export function released(resolution: Resolution, now: number, problem?: Problem): Resolution {
  const back = { ...unheld(resolution), queuedAt: iso(now) };
  if (problem === undefined) return back;
  const { queryId, ...rest } = back;
  const keeps = queryId !== undefined && !problem.endsQuery;
  const attempt = problem.countsAsTry || keeps ? rest.attempt : rest.attempt - 1;
  return { ...rest, ...(keeps ? { queryId } : {}), attempt, reason: problem.reason };
}

export const requeued = (resolution: Resolution, now: number): Resolution => ({
  ...resolution,
  queuedAt: iso(now),
});

export const ready = (resolution: Resolution, listUrl: string, size: number, now: number): Resolution => {
  const { reason: _, ...rest } = unheld(resolution);
  return { ...rest, state: 'ready', listUrl, size, finishedAt: iso(now) };
};

export const failed = (resolution: Resolution, reason: string, now: number): Resolution => ({
  ...unheld(resolution),
  state: 'failed',
  reason,
  finishedAt: iso(now),
});

/** Where try number `attempt` writes, below the bucket. Percent-encoding keeps names of any script apart in plain ASCII. */
export const listPrefix = ({ segment, id, attempt }: Resolution): string =>
  `segments/${encodeURIComponent(segment).replaceAll('%', '=')}/${encodeURIComponent(id).replaceAll('%', '=')}/${attempt}/`;
