import type { Outcome } from '../channels/ports.ts';
import { METRIC_NAMES, RESOLVED_REASONS } from '../runs/metrics.ts';

/** The ledger's four final states (spec §4). */
export type FinalStatus = 'sent' | 'failed' | 'skipped' | 'uncertain';

interface Meaning {
  readonly status: FinalStatus;
  /** Pinpoint's campaign_send_status and metric names where it has one (pinpoint.md §2.5, §3.3). */
  readonly reason: string;
}

/**
 * The state of a slice is a text of one letter a position, small enough to be written with every claim.
 * Letters of positions that are not final: `.` to be tried, `1` … `4` to be tried after so many transient failures, `i` in
 * flight, those of times to wait for (the slice's legend), put off ones, which are to be tried in the next round, and decided
 * ones: final letters that are not known to be in the ledger.
 */
export const PENDING = '.';
export const IN_FLIGHT = 'i';
/** By the number of transient failures so far. */
const TO_TRY: readonly Letter[] = [PENDING, '1', '2', '3', '4'];

const FINAL: Readonly<Record<string, Meaning>> = {
  s: { status: 'sent', reason: 'SUCCESS' },
  u: { status: 'uncertain', reason: 'UNKNOWN' },
  f: { status: 'failed', reason: 'FAILURE' },
  p: { status: 'failed', reason: 'FAILURE_PERMANENT' },
  T: { status: 'failed', reason: 'THROTTLED' },
  X: { status: 'failed', reason: 'TRANSIENT_FAILURE' },
  h: { status: 'failed', reason: 'HOOK_FAILURE' },
  k: { status: 'failed', reason: 'CUSTOM_DELIVERY_FAILURE' },
  r: { status: 'failed', reason: 'RENDERING_FAILURE' },
  L: { status: 'failed', reason: 'SLICE_LOST' },
  o: { status: 'skipped', reason: 'ENDPOINT_OPT_OUT' },
  n: { status: 'skipped', reason: 'ENDPOINT_INACTIVE' },
  g: { status: 'skipped', reason: 'ENDPOINT_DELETED' },
  a: { status: 'skipped', reason: 'ENDPOINT_MISSING_ADDRESS' },
  c: { status: 'skipped', reason: 'ENDPOINT_CHANNEL_CHANGED' },
  U: { status: 'skipped', reason: 'ENDPOINT_USER_CHANGED' },
  d: { status: 'skipped', reason: 'DUPLICATE_ADDRESS' },
  e: { status: 'skipped', reason: 'CANCELLED' },
  E: { status: 'skipped', reason: 'EXPIRED' },
  q: { status: 'skipped', reason: 'QUIET_TIME' },
  D: { status: 'skipped', reason: 'DAILY_CAP' },
  C: { status: 'skipped', reason: 'CAMPAIGN_CAP' },
  l: { status: 'skipped', reason: 'RECIPIENT_NOT_ALLOWED' },
  F: { status: 'skipped', reason: 'FILTERED_BY_HOOK' },
};

export type Letter = string;

/** Reasons and times that letters of a slice's states stand for beside the fixed ones. */
export interface Legend {
  /** Reasons of a campaign hook. */
  readonly reasons: readonly string[];
  /** Epoch milliseconds before which positions wait. */
  readonly times: readonly number[];
}

/** By reason; a hook may only name those of a skip. */
const LETTER_OF_REASON = new Map(Object.entries(FINAL).map(([letter, { reason }]) => [reason, letter]));

/** The letter of a final reason of the engine's own; a failure of any other name is a plain FAILURE. */
export const letterOf = (reason: string): Letter => LETTER_OF_REASON.get(reason) ?? 'f';

/** Whether a reason is the engine's own, and none that a hook made up. */
export const isOwnReason = (reason: string): boolean => OWN.has(reason) || LETTER_OF_REASON.has(reason);

/** Letters of a legend's reasons and times are the characters from here on: two bytes each, and never one of those above. */
const REASONS_FROM = 0x0100;
const TIMES_FROM = 0x0200;
/** Letters of positions put off are those to be tried, moved by this. */
const PUT_OFF_FROM = 0x0300;
/** Decided letters are final ones moved by this. */
const DECIDED_FROM = 0x0400;
/** A legend holds so many of each: rows stay small, and no hook has more to say. What is beyond gets a common name. */
const MAX_LEGEND = 100;
export const OTHER_REASON = 'HOOK_OTHER';
const OWN: ReadonlySet<string> = new Set([OTHER_REASON, ...RESOLVED_REASONS]);

/** What a hook must not call a skip of its own: it would be counted with something else. */
const TAKEN: ReadonlySet<string> = new Set([
  ...METRIC_NAMES,
  'HOLDOUT',
  ...Object.values(FINAL)
    .filter(({ status }) => status !== 'skipped')
    .map(({ reason }) => reason),
]);

/** The reason in the ledger and in the metrics for what a hook names: one of another meaning gets a prefix. */
const skipReasonOf = (named: string): string => (TAKEN.has(named) ? `HOOK_${named}` : named);

export const NO_LEGEND: Legend = { reasons: [], times: [] };

const moved = (letter: Letter, by: number): Letter => String.fromCharCode(letter.charCodeAt(0) + by);

export const isToTry = (letter: Letter): boolean => TO_TRY.includes(letter);

/** The letter with which a position that was put off is tried in the next round; undefined for every other one. */
export function nextTry(letter: Letter): Letter | undefined {
  const code = letter.charCodeAt(0);
  return code >= PUT_OFF_FROM && code < DECIDED_FROM ? moved(letter, -PUT_OFF_FROM) : undefined;
}

/** What a letter says; undefined for positions that are not final. */
export function meaningOf(letter: Letter, { reasons }: Legend = NO_LEGEND): Meaning | undefined {
  const fixed = FINAL[letter];
  if (fixed) return fixed;
  const at = letter.charCodeAt(0) - REASONS_FROM;
  if (at < 0 || letter.charCodeAt(0) >= TIMES_FROM) return undefined;
  return { status: 'skipped', reason: reasons[at] ?? OTHER_REASON };
}

/** The instant (epoch milliseconds) a waiting position waits for; undefined for every other letter. */
export function timeOf(letter: Letter, { times }: Legend): number | undefined {
  const at = letter.charCodeAt(0) - TIMES_FROM;
  return at < 0 ? undefined : times[at];
}

/** The letter of a position whose final letter is claimed, and is to be written to the ledger. */
export const decided = (final: Letter): Letter => moved(final, DECIDED_FROM);

/** What a former worker left open: its decision, or, of what was in flight, that nobody knows. Undefined for every other letter. */
export function leftBehind(letter: Letter): Letter | undefined {
  if (letter === IN_FLIGHT) return letterOf('UNKNOWN');
  return letter.charCodeAt(0) < DECIDED_FROM ? undefined : moved(letter, -DECIDED_FROM);
}

/** Gives reasons and times their letters while a worker has the slice. */
export class Letters {
  readonly #reasons: string[];
  readonly #times: number[];

  constructor({ reasons, times }: Legend) {
    this.#reasons = [...reasons];
    this.#times = [...times];
  }

  get legend(): Legend {
    return { reasons: [...this.#reasons], times: [...this.#times] };
  }

  /** The letter of a skip, whoever names its reason. */
  skip(named: string): Letter {
    const reason = skipReasonOf(named);
    const fixed = LETTER_OF_REASON.get(reason);
    if (fixed !== undefined && FINAL[fixed]?.status === 'skipped') return fixed;
    let at = this.#reasons.indexOf(reason);
    if (at < 0 && this.#reasons.length >= MAX_LEGEND) at = MAX_LEGEND;
    if (at < 0) at = this.#reasons.push(reason) - 1;
    return String.fromCharCode(REASONS_FROM + at);
  }

  /** The letter of a position that waits for `time`. A full legend rounds up to a time it has, or moves its latest. */
  wait(time: number): Letter {
    let at = this.#times.indexOf(time);
    if (at < 0 && this.#times.length >= MAX_LEGEND) at = this.#rounded(time);
    if (at < 0) at = this.#times.push(time) - 1;
    return String.fromCharCode(TIMES_FROM + at);
  }

  #rounded(time: number): number {
    const later = this.#times.filter((each) => each > time);
    if (later.length > 0) return this.#times.indexOf(Math.min(...later));
    const latest = this.#times.indexOf(Math.max(...this.#times));
    this.#times[latest] = time;
    return latest;
  }
}

/** The letter after a call. `before`: the position's letter when it was tried, which knows its transient failures. */
export function letterOfOutcome(outcome: Outcome, before: Letter): Letter {
  switch (outcome.kind) {
    case 'sent':
      return letterOf('SUCCESS');
    case 'uncertain':
      return letterOf('UNKNOWN');
    case 'throttled':
      return moved(isToTry(before) ? before : PENDING, PUT_OFF_FROM);
    case 'transient': {
      const again = TO_TRY[Math.max(0, TO_TRY.indexOf(before)) + 1];
      return again === undefined ? letterOf('TRANSIENT_FAILURE') : moved(again, PUT_OFF_FROM);
    }
    case 'permanent':
      return letterOf(outcome.reason);
  }
}

export interface Counts {
  readonly sent: number;
  readonly failed: number;
  readonly skipped: number;
  readonly uncertain: number;
  /** Positions that are not final. */
  readonly open: number;
  /** Final positions by reason. */
  readonly reasons: Readonly<Record<string, number>>;
}

/** Counts the positions of a state text. */
export function tally(states: string, legend: Legend = NO_LEGEND): Counts {
  const counts = { sent: 0, failed: 0, skipped: 0, uncertain: 0, open: 0 };
  const reasons: Record<string, number> = {};
  const letters = new Map<Letter, number>();
  for (const letter of states) letters.set(letter, (letters.get(letter) ?? 0) + 1);
  for (const [letter, count] of letters) {
    const meaning = meaningOf(letter, legend);
    counts[meaning?.status ?? 'open'] += count;
    if (meaning) reasons[meaning.reason] = (reasons[meaning.reason] ?? 0) + count;
  }
  return { ...counts, reasons };
}

/** The sum of counts; with none, zeros. */
export function sum(all: readonly Counts[]): Counts {
  const total = { sent: 0, failed: 0, skipped: 0, uncertain: 0, open: 0 };
  const reasons: Record<string, number> = {};
  for (const counts of all) {
    for (const key of ['sent', 'failed', 'skipped', 'uncertain', 'open'] as const) total[key] += counts[key];
    for (const [reason, count] of Object.entries(counts.reasons))
      reasons[reason] = (reasons[reason] ?? 0) + count;
  }
  return { ...total, reasons };
}
