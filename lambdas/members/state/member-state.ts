import type { ToldItem } from './told-items.ts';

/** What events have told of a person (spec §1, "Path"; §8). Times are ISO 8601, UTC. */
export interface MemberState {
  readonly firstSeenAt: string;
  readonly lastSeenAt: string;
  /** Events ever, by name. */
  readonly events: Readonly<Record<string, number>>;
  /** Items viewed, each once, the latest first. */
  readonly recentItems: readonly RecentItem[];
  /** What happened to the cart since it was last emptied, in the order of time. */
  readonly cartChanges: readonly CartChange[];
  /** What events told of items, the latest first: of those viewed, and of those put into the cart since it was last emptied. */
  readonly viewedTold?: readonly ToldItem[];
  readonly cartTold?: readonly ToldItem[];
  /** The latest purchase: it emptied the cart. */
  readonly lastPurchaseAt?: string;
  readonly orders: number;
  /** Revenue by currency in ten-thousandths: whole numbers add up to the same sum in any order. */
  readonly revenue: Readonly<Record<string, number>>;
  /** Fingerprints of the last events and transactions that were counted, oldest first, run together. */
  readonly countedEvents: string;
  readonly countedTransactions: string;
}

export interface RecentItem {
  readonly itemId: string;
  readonly at: string;
}

export interface CartChange {
  readonly at: string;
  /** Fingerprint of the event: settles the order of changes at one instant. */
  readonly by: string;
  readonly itemId: string;
  /** Pieces added, or taken away when negative. */
  readonly pieces: number;
  /** Of one piece, when the event said. */
  readonly price?: number;
}

export const REVENUE_SCALE = 10_000;
