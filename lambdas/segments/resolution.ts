import { createHash } from 'node:crypto';
import type { Path, PinnedRule, Uses } from './resolve/pinned-rule.ts';
import type { PlainRule } from './rule/plain.ts';

export type ResolutionState = 'queued' | 'running' | 'ready' | 'failed';

/** One evaluation of a rule: who was in it at that moment, as a list in S3. Times are ISO 8601, UTC. */
export interface Resolution {
  /** The segment's name; `PREVIEWS` for a rule that no segment has. */
  readonly segment: string;
  /** Begins with the minute it was asked for, so that ids sort by time. */
  readonly id: string;
  /** Of the segment; 0 of a preview. */
  readonly version: number;
  /** The segments named in it, each with the version that counts, and the lists. */
  readonly uses: Uses;
  readonly path: Path;
  /** What is judged, as it was when it was asked for; gone once it is ready or failed. */
  readonly rule?: PlainRule;
  readonly state: ResolutionState;
  /** The moment that the rule is judged for. */
  readonly requestedAt: string;
  /** When its message was last put on the queue. */
  readonly queuedAt: string;
  /** How often it was put there again: a message of an earlier time is void, so that there is one chain of messages. */
  readonly turn?: number;
  /** Tries so far; each writes to a place of its own. */
  readonly attempt: number;
  /** While running: nobody else works on it before this moment. */
  readonly leaseUntil?: string;
  /** When a worker first took it. */
  readonly startedAt?: string;
  /** Members that this try has looked at so far. */
  readonly scanned?: number;
  /** When this try had looked at all of them. */
  readonly scannedAt?: string;
  /** Athena's id of the running query. */
  readonly queryId?: string;
  /** How often something broke while that query was watched, or its result was read. */
  readonly troubles?: number;
  /** What Athena charged for. */
  readonly scannedBytes?: number;
  /** What went wrong last; in state `failed`, why. */
  readonly reason?: string;
  /** In state `failed`: what the rule's author wrote is why, and asking again will not help. */
  readonly fault?: 'sql';
  readonly finishedAt?: string;
  /** Prefix of the list, `s3://bucket/prefix/`. */
  readonly listUrl?: string;
  /** Until when the list is there. */
  readonly listUntil?: string;
  /** Members in the list. */
  readonly size?: number;
}

/** The name under which previews lie: no segment may have it. */
export const PREVIEWS = '.preview';

/** A resolution must end, one way or the other, within this time. */
export const RESOLVE_WITHIN_MS = 60 * 60 * 1000;
export const MAX_ATTEMPTS = 3;
/** A query is not thrown away for a few calls that broke, but what breaks each time will not mend. */
const MAX_TROUBLES = 20;
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
 * The id under which all who ask within a minute find one result: of a segment's version and the versions it names, or of a
 * rule that is no segment's.
 */
export function resolutionId(version: number, { uses, rule }: PinnedRule, now: number): string {
  const minute = minuteOf(iso(now));
  if (version === 0) return `${minute}-${printOf(rule)}`;
  const nested = Object.entries(uses.segments).sort(([a], [b]) => (a < b ? -1 : 1));
  return `${minute}-v${version}${nested.length === 0 ? '' : `-${printOf(nested)}`}`;
}

/** `YYYYMMDDTHHMM` (UTC), as ids begin. */
export const minuteOf = (time: string): string => time.slice(0, 16).replaceAll(/[-:]/g, '');

const printOf = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);

export function newResolution(
  { name, version }: { readonly name: string; readonly version: number },
  pinned: PinnedRule,
  now: number,
): Resolution {
  return {
    segment: name,
    id: resolutionId(version, pinned, now),
    version,
    ...pinned,
    state: 'queued',
    requestedAt: iso(now),
    queuedAt: iso(now),
    turn: 0,
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
  if ((resolution.troubles ?? 0) >= MAX_TROUBLES)
    return `given up after ${MAX_TROUBLES} looks at its query${last}`;
  return undefined;
}

/** Taken by a worker until `leaseUntil`. A query that already runs is watched on; otherwise a new try begins. */
export function claimed(resolution: Resolution, leaseUntil: number, now: number): Resolution {
  const held = {
    ...resolution,
    state: 'running',
    startedAt: resolution.startedAt ?? iso(now),
    leaseUntil: iso(leaseUntil),
  } as const;
  if (resolution.queryId !== undefined) return held;
  const { scanned: _, scannedAt: __, troubles: ___, ...anew } = held;
  return { ...anew, attempt: resolution.attempt + 1 };
}

/** How far a scan has come. */
export const scanning = (resolution: Resolution, scanned: number): Resolution => ({ ...resolution, scanned });

export const scannedAll = (resolution: Resolution, scanned: number, now: number): Resolution => ({
  ...resolution,
  scanned,
  scannedAt: iso(now),
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
  const back = { ...unheld(resolution), queuedAt: iso(now), turn: (resolution.turn ?? 0) + 1 };
  if (problem === undefined) return back;
  const { queryId, ...rest } = back;
  const keeps = queryId !== undefined && !problem.endsQuery;
  const attempt = problem.countsAsTry || keeps ? rest.attempt : rest.attempt - 1;
  const troubles = (rest.troubles ?? 0) + (keeps && problem.countsAsTry ? 1 : 0);
  return { ...rest, ...(keeps ? { queryId, troubles } : {}), attempt, reason: problem.reason };
}

export const requeued = (resolution: Resolution, now: number): Resolution => ({
  ...resolution,
  queuedAt: iso(now),
  turn: (resolution.turn ?? 0) + 1,
});

/** What is put on the queue for it. */
export const messageOf = ({ segment, id, turn = 0 }: Resolution): ResolutionMessage => ({
  segment,
  id,
  turn,
});

/** Whether the message was followed by another. */
export const isVoid = (resolution: Resolution, { turn }: ResolutionMessage): boolean =>
  turn !== undefined && turn !== (resolution.turn ?? 0);

/** What is put on the queue `resolutions`. */
export interface ResolutionMessage {
  readonly segment: string;
  readonly id: string;
  /** Which time it is about (`Resolution.turn`). */
  readonly turn?: number;
}

/** What a finished try left. */
export interface Found {
  readonly listUrl: string;
  readonly size: number;
  readonly scannedBytes?: number;
}

/** `listMs`: for how long each file of the list is kept; the first may be as old as the question. */
export function ready(resolution: Resolution, found: Found, now: number, listMs: number): Resolution {
  const { reason: _, rule: __, ...rest } = unheld(resolution);
  const listUntil = iso(Date.parse(resolution.requestedAt) + listMs);
  return { ...rest, ...found, state: 'ready', finishedAt: iso(now), listUntil };
}

export function failed(resolution: Resolution, reason: string, now: number): Resolution {
  const { rule: _, ...rest } = unheld(resolution);
  return { ...rest, state: 'failed', reason, finishedAt: iso(now) };
}

/** Failed by an analyst's SQL that Athena does not take. */
export const refused = (resolution: Resolution, reason: string, now: number): Resolution => ({
  ...failed(resolution, reason, now),
  fault: 'sql',
});

/** Whether its list was kept long enough and may be gone. */
export const isExpired = ({ state, listUntil }: Resolution, now: number): boolean =>
  state === 'ready' && listUntil !== undefined && Date.parse(listUntil) <= now;

/** Where try number `attempt` writes, below the bucket. */
export const listPrefix = ({ segment, id, attempt }: Resolution): string =>
  `segments/${folderOf(segment)}/${folderOf(id)}/${attempt}/`;

/** Longer ones end in a digest: a Korean name of 64 letters would be 576 characters, more than a folder's name may have on a disk. */
const MOST_IN_FOLDER = 128;

/** Percent-encoding keeps names of any script apart in plain ASCII. */
function folderOf(text: string): string {
  const ascii = encodeURIComponent(text).replaceAll('%', '=');
  if (ascii.length <= MOST_IN_FOLDER) return ascii;
  const digest = createHash('sha256').update(text).digest('hex').slice(0, 31);
  return `${ascii.slice(0, MOST_IN_FOLDER - digest.length - 1)}-${digest}`;
}

/** The partition of `segment_bits` that try number `attempt` fills. A digest: a partition's name is part of a path and of a statement. */
export const bitsPartition = ({ segment, id, attempt }: Resolution): string =>
  createHash('sha256').update(`${segment}\0${id}\0${attempt}`).digest('hex').slice(0, 32);

/** The partition of whoever that try leaves out. */
export const gonePartition = (resolution: Resolution): string => `${bitsPartition(resolution)}-gone`;
