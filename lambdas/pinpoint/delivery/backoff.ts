import type { Outcome } from '../channels/ports.ts';

/** Seconds before the first rounds: as many as there are letters for transient failures, after which a position has failed. */
export const RETRY_DELAYS = [2, 10, 30, 120] as const;
/** A queue delays no longer than this. */
export const MAX_DELAY_SECONDS = 900;
/** Rounds of a slice: throttled positions go on for a day and a half of rounds, never less than one: a quota that is used up comes back. */
export const THROTTLED_ROUNDS = 200;

const FIRST_BACKOFF_MS = 250;
const LONGEST_BACKOFF_MS = 60_000;

/** Seconds before the round after `round`, between half and the whole of its delay, so that slices do not come back together. */
export function retryDelay(round: number, random: () => number): number {
  const delay =
    RETRY_DELAYS[round] ?? Math.min(MAX_DELAY_SECONDS, 120 * 2 ** (round - RETRY_DELAYS.length + 1));
  return Math.ceil(delay * (0.5 + random() / 2));
}

const LONGEST_ASKED_MS = MAX_DELAY_SECONDS * 1000;

/** Milliseconds to wait after the n-th throttled call in a row (0 …), with equal jitter. */
export function backoffMs(throttledCalls: number, random: () => number): number {
  const whole = Math.min(LONGEST_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** throttledCalls);
  return whole * (0.5 + random() / 2);
}

/** How one lane keeps from a provider that throttles it: longer after each call in a row, and at least as long as it asks. */
export class Backoff {
  readonly #clock: () => number;
  readonly #random: () => number;
  #calls = 0;
  #until = 0;

  constructor({ clock, random }: { clock: () => number; random: () => number }) {
    this.#clock = clock;
    this.#random = random;
  }

  /** Takes up what became of a call. One of which a part went through neither ends a row of throttled ones nor prolongs it. */
  took(outcomes: readonly Outcome[]): void {
    const throttled = outcomes.filter((outcome) => outcome.kind === 'throttled');
    if (throttled.length === 0) {
      if (outcomes.length > 0) this.#calls = 0;
      return;
    }
    // It is the provider's word, and may be any number: after the longest delay of a queue it is asked again.
    const asked = Math.max(0, ...throttled.map(({ retryAfterMs = 0 }) => retryAfterMs));
    const restMs = Math.min(LONGEST_ASKED_MS, asked) + backoffMs(this.#calls, this.#random);
    this.#until = Math.max(this.#until, this.#clock() + restMs);
    if (!outcomes.some(({ kind }) => kind === 'sent')) this.#calls += 1;
  }

  /** Milliseconds until the next call may be made. */
  get restMs(): number {
    return Math.max(0, this.#until - this.#clock());
  }
}
