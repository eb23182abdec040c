import type { Stepped } from './moves.ts';
import { isFinal, type SendState } from './send-state.ts';

/** When a send is looked at next. Pure; seconds. */

/** SQS holds a message back for at most this long. */
const LONGEST_DELAY = 900;
const LONGEST_RETRY = 60;
/** Results of a test that could not be told: each question is a query. */
const ASK_AGAIN = 300;
/** What is left of a run that was taken away settles in seconds, or at the engine's next tick. */
const SETTLING = 5;

interface Look {
  readonly upToMs: number;
  readonly seconds: number;
}

const ALWAYS = Number.POSITIVE_INFINITY;
/** By how long the send has been in its state: quick at first, calm in a long send. */
const AT_WORK: readonly Look[] = [
  { upToMs: 15_000, seconds: 1 },
  { upToMs: 2 * 60_000, seconds: 2 },
  { upToMs: 10 * 60_000, seconds: 5 },
  { upToMs: 60 * 60_000, seconds: 15 },
  { upToMs: ALWAYS, seconds: 60 },
];
/** Somebody has to decide, and does so without waiting for a look. */
const AT_REST: readonly Look[] = [
  { upToMs: 2 * 60_000, seconds: 15 },
  { upToMs: ALWAYS, seconds: 300 },
];
const LOOKS: Readonly<Partial<Record<SendState, readonly Look[]>>> = { held: AT_REST, paused: AT_REST };

/** Seconds until the next look at `now` (epoch milliseconds). */
export function secondsUntilNext(now: number, { send, waits }: Stepped): number {
  if (!waits) return 0;
  if (send.failures > 0)
    return send.state === 'deciding' ? ASK_AGAIN : Math.min(LONGEST_RETRY, 2 ** send.failures);
  if (isFinal(send)) return SETTLING;
  if (send.state === 'deciding') return secondsUntil(now, send.decideAt);
  const inStateMs = now - Date.parse(send.history.at(-1)?.at ?? send.lookedAt);
  return (LOOKS[send.state] ?? AT_WORK).find(({ upToMs }) => inStateMs < upToMs)?.seconds ?? LONGEST_RETRY;
}

const secondsUntil = (now: number, at: string | undefined): number =>
  at === undefined ? 1 : Math.min(LONGEST_DELAY, Math.max(1, Math.ceil((Date.parse(at) - now) / 1000)));
