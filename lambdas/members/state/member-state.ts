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
  /** When the latest order was placed: it emptied the cart. */
  readonly lastPurchaseAt?: string;
  readonly orders: number;
  /** Revenue by currency in ten-thousandths: whole numbers add up to the same sum in any order. */
  readonly revenue: Readonly<Record<string, number>>;
  /** Fingerprints of the last events and transactions that were counted, oldest first, run together. */
  readonly countedEvents: string;
  readonly countedTransactions: string;
  /** When each of these transactions was first told of, by its own time; '' of those of which it is not known. */
  readonly placedAt?: readonly string[];
  /** Browsers and apps the member was named in lately; none of what was summed up of a browser without a name. */
  readonly browsers?: readonly NamedBrowser[];
}

/** A browser or app in which a member was named, for what was done there without a name. */
export interface NamedBrowser {
  readonly anonymousId: string;
  /** When, in the order of time. */
  readonly namings: readonly Span[];
  /** What was done there until then, epoch milliseconds, is in the member's own state already. */
  readonly settledTo?: number;
}

/** From one naming to another, epoch milliseconds, both of the same instant or of as many between them. */
export interface Span {
  readonly from: number;
  readonly to: number;
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
