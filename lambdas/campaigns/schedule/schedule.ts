/** The days of a week in their order: weeks start on Sunday (spec §4). */
export const WEEKDAYS = ['sun', 'mon', 'tue', 'wed', 'thu', 'fri', 'sat'] as const;
export type Weekday = (typeof WEEKDAYS)[number];

/** How a recurring campaign counts (spec §4 "When"). */
export type Cycle =
  | { readonly unit: 'day'; readonly every: number }
  | { readonly unit: 'week'; readonly every: number; readonly weekdays: readonly Weekday[] }
  | { readonly unit: 'month'; readonly every: number; readonly day: number | 'last' };

/** A cycle on the clocks of a zone. Dates are YYYY-MM-DD and local. */
export interface Recurrence {
  readonly cycle: Cycle;
  /** HH:MM, local. */
  readonly time: string;
  readonly from: string;
  /** The last day it may send on. */
  readonly until?: string;
  /** An IANA name. */
  readonly timeZone: string;
}

/** When a campaign sends, with no default left to guess. `at` is ISO 8601, UTC. */
export type Schedule =
  | { readonly kind: 'now' }
  | { readonly kind: 'at'; readonly at: string }
  | ({ readonly kind: 'recurring' } & Recurrence);
