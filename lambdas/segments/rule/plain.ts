import type { Scalar, ValueTest } from './test.ts';

/**
 * A rule (spec §3) with nothing left to look up or to default: named segments and presets stand in it as their own
 * rules, short forms as what they mean. The compiler and both evaluators read this and nothing else.
 */
export type PlainRule = PlainGroup | PlainCondition;

/** `all`: every one; `any`: at least one; `none`: not one. `of` is never empty. */
export interface PlainGroup {
  readonly kind: 'all' | 'any' | 'none';
  readonly of: readonly PlainRule[];
}

export type PlainCondition =
  | AttributeTest
  | ListTest
  | CountTest
  | EdgeTest
  | SequenceTest
  | ComputedTest
  | QueryTest;

/** The member's attribute, custom or of the profile. A member without it meets `isNot` and `exists: false` only. */
export interface AttributeTest {
  readonly kind: 'attribute';
  readonly attribute: string;
  readonly test: ValueTest;
}

/** On an uploaded list; whoever is on one counts as known. */
export interface ListTest {
  readonly kind: 'list';
  readonly list: string;
}

/**
 * How often: events that match, within the window, between `atLeast` and `atMost` (both inclusive; no upper end when
 * absent). "Did not" is `atMost: 0` with `atLeast: 0`.
 */
export interface CountTest {
  readonly kind: 'count';
  readonly event: EventMatch;
  readonly window: Window;
  readonly atLeast: number;
  readonly atMost?: number;
}

/**
 * The person's very first or most recent event of that name, over all days kept, meets `where` and lies in the window.
 * Of several at one millisecond the one whose event_id comes first by its characters is the first, the other way round for the last.
 */
export interface EdgeTest {
  readonly kind: 'first' | 'last';
  readonly event: EventMatch;
  readonly window: Window;
}

/**
 * An event `first` within the window after which `then` came (`came`), or did not come (not `came`): later than it, and at
 * most `withinMs` later when that is given, whether or not the window has ended. With `withinMs` and not `came`, only
 * a `first` that is longer ago than that counts: what may still come has not stayed away.
 */
export interface SequenceTest {
  readonly kind: 'sequence';
  readonly first: EventMatch;
  readonly then: EventMatch;
  readonly came: boolean;
  readonly withinMs?: number;
  readonly window: Window;
}

/** A number or text computed of the person's events in the window; who has none meets `isNot` and `exists: false` only. */
export interface ComputedTest {
  readonly kind: 'computed';
  readonly value: ComputedValue;
  readonly window: Window;
  readonly test: ValueTest | TopTest;
}

/**
 * Among all who have the value, and of `orders` and `revenue` among those with an order in the window (or all who never
 * bought would share a rank among the best of a shop with few buyers; they are not in it): rank from the highest down, ties sharing the better rank, within `percent` of their number
 * (rank <= ceil(number x percent / 100)).
 */
export interface TopTest {
  readonly operator: 'topPercent';
  /** More than 0, at most 100. */
  readonly bound: number;
}

/**
 * - `orders`: purchases (an order once). Everybody has it, 0 without any.
 * - `revenue`: of those purchases, in their currency's unit to four decimals; 0 without any.
 * - `averageOrder`: revenue / orders. Nobody without an order has it, nor any value below.
 * - `daysSinceLastOrder`: whole times 24 hours from the latest purchase to now, 0 when that is ahead of now.
 * - `daysSinceFirstSeen`, `daysSinceLastSeen`: the same of any activity.
 * - `couponShare`: orders with a coupon / orders, 0 to 1. An order has one when its properties have a non-empty `coupon`, or `coupon_used` that is true.
 * - `orderGapRatio`: (now - latest purchase) / median gap between purchases that follow each other; needs 2 orders, and a median above 0.
 * - `preferredCategory`: the category most often seen in view_item; of equals the one seen last, then the first by its characters.
 * - `recency`, `frequency`, `monetary`: scores 1 to 5 among all who have an order: least(5, 1 + floor(5 x percent_rank)) by
 *   time of latest purchase, by orders, by revenue (ties share the lower rank).
 */
export type ComputedValue =
  | 'orders'
  | 'revenue'
  | 'averageOrder'
  | 'daysSinceLastOrder'
  | 'daysSinceFirstSeen'
  | 'daysSinceLastSeen'
  | 'couponShare'
  | 'orderGapRatio'
  | 'preferredCategory'
  | 'recency'
  | 'frequency'
  | 'monetary';

/**
 * The ids that an analyst's SELECT returns; they count as people known. The text has been checked (one column `user_id`,
 * read-only).
 */
export interface QueryTest {
  readonly kind: 'query';
  readonly sql: string;
}

/** Events by name, and what must hold of one and the same event. */
export interface EventMatch {
  /** An event of the tracking plan, or `*`: any activity, that is all but refund, message_open and unsubscribe (they happen without a visit). */
  readonly name: string;
  readonly where: readonly PropertyTest[];
}

/**
 * A property of the event by its name; `items.<name>` any of its items (`isNot`: no item is; `exists: false`: no item has
 * it); or of the envelope: `source`, `country`, `device.type`, `device.platform`,
 * `device.os`, `device.app_version`, `page.url`, `page.title`, `page.referrer`, `utm.source`, `utm.medium`, `utm.campaign`, `utm.term`, `utm.content`.
 * A number bound compares numbers (a text that is a number counts as one), a text bound texts, a truth truths.
 */
export interface PropertyTest {
  readonly property: string;
  readonly test: ValueTest;
}

/**
 * When: the last so many milliseconds without an upper end (a phone's clock may run ahead); from a local day to a local day, both inclusive,
 * in the deployment's zone; or all that is kept.
 */
export type Window =
  | { readonly kind: 'last'; readonly ms: number }
  | { readonly kind: 'between'; readonly from: string; readonly to: string }
  | { readonly kind: 'kept' };

export type { Scalar, ValueTest };
