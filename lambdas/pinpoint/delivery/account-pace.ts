import type { AccountQuota } from '../channels/quota.ts';
import { HORIZON_MS, nanoseconds } from './pace.ts';

/** The rows by which all runs of a deployment share a provider account's quota, one a channel kind. */
export interface AccountRows {
  /**
   * Books `costMs` of the account's pace, as a run's grant does (runs/ports.ts). `nextAt` is the row's as it is then,
   * in epoch milliseconds.
   */
  book(
    kind: string,
    ask: { now: number; costMs: number; ahead: boolean; horizonMs: number },
  ): Promise<{ readonly granted: boolean; readonly nextAt: number }>;
}

/** When a call may start by the account's quota, or after how long to ask again. */
export type AccountGrant = { readonly startAt: number } | { readonly waitSeconds: number };

export interface AccountPace {
  /** Messages one call of the kind may hold, given its own `callSize`. */
  callLimit(kind: string, callSize: number): Promise<number>;
  take(kind: string, messages: number): Promise<AccountGrant>;
}

const SECOND_MS = 1000;
/** A call holds at most this part of a second's messages, so that a second never holds more than the quota. */
const CALLS_PER_SECOND = 10;
const ATTEMPTS = 8;
/** How long a slice rests when the account's day is used up: as long as a queue can delay it. */
const DAY_USED_UP_SECONDS = 900;

const limitOf = (perSecond: number, callSize: number): number =>
  Math.max(1, Math.min(callSize, Math.floor(perSecond / CALLS_PER_SECOND)));

/** The pace of provider accounts over all runs and workers. Kinds without a quota are never held up. */
export function accountPace(quota: AccountQuota, rows: AccountRows, clock: () => number): AccountPace {
  const nextAt = new Map<string, number>();
  return {
    async callLimit(kind, callSize) {
      const of = await quota.of(kind);
      return of ? limitOf(of.perSecond, callSize) : callSize;
    },
    async take(kind, messages) {
      const of = await quota.of(kind);
      if (!of) return { startAt: clock() };
      if (of.left24h < messages) return { waitSeconds: DAY_USED_UP_SECONDS };
      // As in pace.ts: all calls but the last fit into what a second leaves beside it.
      const costMs = nanoseconds((messages * SECOND_MS) / Math.max(0.5, of.perSecond - messages + 1));
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const now = clock();
        const ahead = (nextAt.get(kind) ?? 0) > now;
        const booked = await rows.book(kind, { now, costMs, ahead, horizonMs: HORIZON_MS });
        nextAt.set(kind, booked.nextAt);
        if (booked.granted) return { startAt: booked.nextAt - costMs };
        const far = booked.nextAt - now - HORIZON_MS;
        if (far > 0) return { waitSeconds: Math.ceil(far / SECOND_MS) };
      }
      return { waitSeconds: 1 };
    },
  };
}
