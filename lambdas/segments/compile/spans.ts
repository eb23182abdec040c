/** Windows of rules as instants. Pure. */
import { Temporal } from 'temporal-polyfill';
import { DAY_MS } from '../../shared/durations.ts';
import { localInstant } from '../../shared/local-time.ts';
import type { Window } from '../rule/plain.ts';
import type { AskedAt } from './asked-at.ts';

/** Epoch milliseconds; an end that is absent is open. */
export interface Span {
  /** Inclusive. */
  readonly from?: number;
  /** Exclusive. */
  readonly to?: number;
}

/** A day ends where the next one begins, however long the clocks make it. */
export function spanOf(window: Window, { now, timeZone }: AskedAt): Span {
  if (window.kind === 'kept') return {};
  if (window.kind === 'last') return { from: now - window.ms };
  return { from: beginning(window.from, 0, timeZone), to: beginning(window.to, 1, timeZone) };
}

/** No literal of SQL has a year beyond; rules may name its last day, which ends in the west when the next has begun in UTC. */
const LAST = Date.parse('9999-12-31T23:59:59.999Z');

function beginning(day: string, later: number, timeZone: string): number {
  const midnight = Temporal.PlainDate.from(day).add({ days: later }).toPlainDateTime();
  return Math.min(localInstant(midnight, timeZone).epochMilliseconds, LAST);
}

/** The shortest span that holds both. */
export const together = (one: Span, other: Span): Span => ({
  ...(one.from === undefined || other.from === undefined ? {} : { from: Math.min(one.from, other.from) }),
  ...(one.to === undefined || other.to === undefined ? {} : { to: Math.max(one.to, other.to) }),
});

export const within = (at: number, { from, to }: Span): boolean =>
  (from === undefined || at >= from) && (to === undefined || at < to);

/** `YYYY-MM-DD`, UTC. */
export const utcDay = (ms: number): string => new Date(ms).toISOString().slice(0, 10);

/** The first UTC day that events are kept of. */
export const firstKept = ({ now, retentionDays }: AskedAt): string => utcDay(now - retentionDays * DAY_MS);
