export type Scalar = string | number | boolean;

/**
 * What must hold of one value. Of a list (attributes only) it holds when it holds of an element; `isNot` when no element is
 * equal. A missing value meets `isNot` and `exists: false` only.
 */
export type ValueTest =
  | { readonly operator: 'is'; readonly bound: Scalar }
  | { readonly operator: 'isNot'; readonly bound: Scalar }
  | { readonly operator: 'in'; readonly bound: readonly Scalar[] }
  /**
   * Numbers with numbers; of attributes also dates with dates (YYYY-MM-DD, or ISO 8601 with zone): instants as instants,
   * and where either is a day, by the days of the deployment's zone.
   */
  | { readonly operator: 'atLeast' | 'atMost'; readonly bound: number | string }
  /** A part of a text; of a list, an element. */
  | { readonly operator: 'contains'; readonly bound: string }
  | { readonly operator: 'exists'; readonly bound: boolean }
  /** Attributes that are dates: its month is this one or the next in the deployment's zone, or this number (1 to 12). */
  | { readonly operator: 'inMonth'; readonly bound: 'this' | 'next' | number }
  /** Attributes that are dates: within so many local days, today included, back or ahead. */
  | { readonly operator: 'inTheLastDays' | 'inTheNextDays'; readonly bound: number };
