/** A resolution as a caller sees it: nothing of leases. Pure. */
import { isExpired, type Resolution } from './resolution.ts';
import { athenaCost } from './resolve/athena-cost.ts';

export type ShownState = Resolution['state'] | 'expired';

export interface ResolutionView {
  readonly id: string;
  readonly version: number;
  /** `expired`: it was ready, and its list is gone. */
  readonly state: ShownState;
  /** Where it is judged: `members`: of their rows alone; `events`: in Athena; `both`: rows first, then Athena. */
  readonly path: Resolution['path'];
  readonly requestedAt: string;
  /** How far it is, while it is not done. */
  readonly progress?: Progress;
  readonly finishedAt?: string;
  readonly size?: number;
  readonly tookMs?: number;
  /** What Athena read, and what that costs in US dollars. */
  readonly scannedBytes?: number;
  readonly costUsd?: number;
  readonly reason?: string;
}

export interface Progress {
  readonly step: 'waiting' | 'scanning' | 'querying';
  /** Members looked at so far. */
  readonly scanned?: number;
  readonly attempt: number;
}

export function resolutionView(resolution: Resolution, now: number): ResolutionView {
  const { id, version, path, requestedAt, finishedAt, size, reason, scannedBytes } = resolution;
  const state = isExpired(resolution, now) ? 'expired' : resolution.state;
  return {
    id,
    version,
    state,
    path,
    requestedAt,
    ...(state === 'queued' || state === 'running' ? { progress: progressOf(resolution) } : {}),
    ...(finishedAt === undefined
      ? {}
      : { finishedAt, tookMs: Date.parse(finishedAt) - Date.parse(requestedAt) }),
    ...(size === undefined ? {} : { size }),
    ...(scannedBytes === undefined ? {} : { scannedBytes, costUsd: athenaCost(scannedBytes) }),
    ...(reason === undefined ? {} : { reason }),
  };
}

function progressOf({ state, queryId, path, scanned, scannedAt, attempt }: Resolution): Progress {
  const querying = queryId !== undefined || path === 'events' || scannedAt !== undefined;
  const step = state === 'queued' && queryId === undefined ? 'waiting' : querying ? 'querying' : 'scanning';
  return { step, attempt, ...(scanned === undefined ? {} : { scanned }) };
}
