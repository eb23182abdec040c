import type { AccountQuota, Quota } from '../channels/quota.ts';
import { addable, HORIZON_MS, LARGEST_CALL } from './pace.ts';

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

/** When a call may start by the account's quota, how many messages it may hold instead, or after how long to ask again. */
export type AccountGrant =
  | { readonly startAt: number }
  | { readonly room: number }
  | { readonly waitSeconds: number };

export interface AccountPace {
  /** Messages one call of the kind may hold, given its own `callSize`. */
  callLimit(kind: string, callSize: number): Promise<number>;
  take(kind: string, messages: number): Promise<AccountGrant>;
}

const SECOND_MS = 1000;
/** A call holds at most this part of a second's messages, so that a second never holds more than the quota. */
const CALLS_PER_SECOND = 10;
const ATTEMPTS = 8;
/** How long a slice rests when the account's day is used up: the quota is not asked for more often. */
const DAY_USED_UP_SECONDS = 60;
/** An account that may send nothing by the second is asked as if it were one message in so many. */
const SLOWEST_SECONDS = 10;

const limitOf = (perSecond: number): number =>
  Math.max(1, Math.min(LARGEST_CALL, Math.floor(perSecond / CALLS_PER_SECOND)));

/**
 * Milliseconds a message takes. As in pace.ts: all calls but the last, whatever they hold, fit into what a second leaves
 * beside the largest one. Whole messages: an account of 1.5 a second gets one.
 */
const intervalOf = (perSecond: number): number =>
  perSecond < 1
    ? SECOND_MS / Math.max(perSecond, 1 / SLOWEST_SECONDS)
    : SECOND_MS / (Math.floor(perSecond) - limitOf(perSecond) + 1);

/**
 * Seconds after which to ask again for a start `awayMs` from now. Where the horizon has room for several calls, those who
 * have them keep the account busy, and nobody else is needed before they are through.
 */
function waitSecondsOf(awayMs: number, costMs: number): number {
  const ms = 2 * costMs > HORIZON_MS ? awayMs - HORIZON_MS : awayMs;
  return Math.ceil(ms / SECOND_MS);
}

/** The pace of provider accounts over all runs and workers. Kinds without a quota are never held up. */
export function accountPace(quota: AccountQuota, rows: AccountRows, clock: () => number): AccountPace {
  const nextAt = new Map<string, number>();
  // Where the last call was booked ahead, others ask as well: the next one probably is ahead, too.
  const aheadLast = new Map<string, boolean>();
  // A quota is as it was told up to a minute ago: what was taken of it since.
  const taken = new WeakMap<Quota, number>();
  const leftOf = (of: Quota): number => Math.floor(of.left24h - (taken.get(of) ?? 0));
  return {
    async callLimit(kind, callSize) {
      const of = await quota.of(kind);
      return of ? Math.min(callSize, limitOf(of.perSecond), Math.max(1, leftOf(of))) : callSize;
    },
    async take(kind, messages) {
      const of = await quota.of(kind);
      if (!of) return { startAt: clock() };
      const left = leftOf(of);
      if (left < 1) return { waitSeconds: DAY_USED_UP_SECONDS };
      if (left < messages) return { room: left };
      const costMs = addable(messages * intervalOf(of.perSecond));
      let ahead: boolean | undefined = aheadLast.get(kind) || undefined;
      for (let attempt = 0; attempt < ATTEMPTS; attempt++) {
        const now = clock();
        ahead ??= (nextAt.get(kind) ?? 0) > now;
        const booked = await rows.book(kind, { now, costMs, ahead, horizonMs: HORIZON_MS });
        nextAt.set(kind, booked.nextAt);
        const startAt = booked.nextAt - costMs;
        if (booked.granted) {
          aheadLast.set(kind, startAt > now);
          taken.set(of, (taken.get(of) ?? 0) + messages);
          return { startAt };
        }
        if (booked.nextAt > now + HORIZON_MS)
          return { waitSeconds: waitSecondsOf(booked.nextAt - now, costMs) };
        ahead = undefined;
      }
      return { waitSeconds: 1 };
    },
  };
}
