import type { Outcome } from '../channels/ports.ts';

/** The ledger's four final states (spec §4). */
export type FinalStatus = 'sent' | 'failed' | 'skipped' | 'uncertain';

interface Meaning {
  readonly status: FinalStatus;
  /** Pinpoint's campaign_send_status and metric names where it has one (pinpoint.md §2.5, §3.3). */
  readonly reason: string;
}

/**
 * The state of a slice is a text of one letter a position, small enough to be written with every claim.
 * Letters of positions that are not final: `.` not tried, `i` in flight, `t` throttled, `x` transient failure.
 */
export const PENDING = '.';
export const IN_FLIGHT = 'i';
const THROTTLED = 't';
const TRANSIENT = 'x';

const FINAL: Readonly<Record<string, Meaning>> = {
  s: { status: 'sent', reason: 'SUCCESS' },
  u: { status: 'uncertain', reason: 'UNKNOWN' },
  f: { status: 'failed', reason: 'FAILURE' },
  p: { status: 'failed', reason: 'FAILURE_PERMANENT' },
  T: { status: 'failed', reason: 'THROTTLED' },
  X: { status: 'failed', reason: 'TRANSIENT_FAILURE' },
  o: { status: 'skipped', reason: 'ENDPOINT_OPT_OUT' },
  n: { status: 'skipped', reason: 'ENDPOINT_INACTIVE' },
  g: { status: 'skipped', reason: 'ENDPOINT_DELETED' },
  a: { status: 'skipped', reason: 'ENDPOINT_MISSING_ADDRESS' },
  c: { status: 'skipped', reason: 'ENDPOINT_CHANNEL_CHANGED' },
  d: { status: 'skipped', reason: 'DUPLICATE_ADDRESS' },
  e: { status: 'skipped', reason: 'CANCELLED' },
};

export type Letter = string;

const LETTER_OF_REASON = new Map(Object.entries(FINAL).map(([letter, { reason }]) => [reason, letter]));

/** The letter of a final reason; a failure of any other name is a plain FAILURE. */
export const letterOf = (reason: string): Letter => LETTER_OF_REASON.get(reason) ?? 'f';

/** What a final letter says; undefined for positions that are not final. */
export const meaningOf = (letter: Letter): Meaning | undefined => FINAL[letter];

/** Whether another round may still send to the position. */
export const isRetryable = (letter: Letter): boolean => letter === THROTTLED || letter === TRANSIENT;

/** What a retryable position becomes when there is no other round. */
export const givenUp = (letter: Letter): Letter =>
  letterOf(letter === THROTTLED ? 'THROTTLED' : 'TRANSIENT_FAILURE');

export function letterOfOutcome(outcome: Outcome): Letter {
  switch (outcome.kind) {
    case 'sent':
      return letterOf('SUCCESS');
    case 'uncertain':
      return letterOf('UNKNOWN');
    case 'throttled':
      return THROTTLED;
    case 'transient':
      return TRANSIENT;
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
export function tally(states: string): Counts {
  const counts = { sent: 0, failed: 0, skipped: 0, uncertain: 0, open: 0 };
  const reasons: Record<string, number> = {};
  for (const letter of states) {
    const meaning = FINAL[letter];
    counts[meaning?.status ?? 'open'] += 1;
    if (meaning) reasons[meaning.reason] = (reasons[meaning.reason] ?? 0) + 1;
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
