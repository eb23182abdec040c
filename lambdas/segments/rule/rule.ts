import type { ComputedValue } from './plain.ts';
import type { Scalar } from './test.ts';

/** Who is in a segment (spec §3), as a caller writes it and as it is kept; docs/segments.md tells the language. */
export type Rule = Group | Condition;

export type Group =
  | { readonly all: readonly Rule[] }
  | { readonly any: readonly Rule[] }
  | { readonly none: readonly Rule[] };

export type Condition =
  | AttributeCondition
  | BehaviourCondition
  | EdgeCondition
  | ComputedCondition
  | SegmentCondition
  | ListCondition
  | SqlCondition
  | PresetCondition;

/** Exactly one operator of those a form takes. */
export type Operator =
  | { readonly is: Scalar }
  | { readonly isNot: Scalar }
  | { readonly in: readonly Scalar[] }
  | { readonly atLeast: number | string }
  | { readonly atMost: number | string }
  | { readonly contains: string }
  | { readonly exists: boolean };

export type DateOperator =
  | { readonly inMonth: 'this' | 'next' | number }
  | { readonly inTheLastDays: number }
  | { readonly inTheNextDays: number };

export type AttributeCondition = { readonly attribute: string } & (Operator | DateOperator);

/** At most one; without any, all that is kept. */
export interface WindowFields {
  readonly inTheLastDays?: number;
  readonly inTheLastHours?: number;
  /** Local days (YYYY-MM-DD), both inclusive. */
  readonly between?: { readonly from: string; readonly to: string };
}

export type PropertyCondition = { readonly property: string } & Operator;

/** What happened: the event's name, and what must hold of one and the same event. */
export interface Filter {
  readonly where?: readonly PropertyCondition[];
}

/**
 * `did`: at least once, or as often as `times` says; with `then`, followed by that. `didNot` alone: not once. Both
 * together are the two conditions of one window, and nothing else beside them.
 */
export interface BehaviourCondition extends Filter, WindowFields {
  readonly did?: string;
  readonly didNot?: string;
  /** Without `atLeast`, at least once. */
  readonly times?: { readonly atLeast?: number; readonly atMost?: number };
  readonly then?: Filter & { readonly did?: string; readonly didNot?: string };
  readonly within?: { readonly minutes?: number; readonly hours?: number; readonly days?: number };
}

export type EdgeCondition = Filter &
  WindowFields &
  ({ readonly first: string } | { readonly mostRecent: string });

export type ComputedCondition = { readonly computed: ComputedValue } & (
  | Operator
  | { readonly topPercent: number }
) &
  WindowFields;

export interface SegmentCondition {
  readonly segment: string;
}
export interface ListCondition {
  readonly list: string;
}
export interface SqlCondition {
  readonly sql: string;
}
export interface PresetCondition {
  readonly preset: string;
  readonly with?: Readonly<Record<string, Scalar>>;
}

/** In place of an event's name: any activity. */
export const ANY_EVENT = '*';

const GROUPS = ['all', 'any', 'none'] as const;
export type GroupKind = (typeof GROUPS)[number];

/** The kind of a group and its rules; undefined of a condition. */
export function groupOf(rule: Rule): { kind: GroupKind; of: readonly Rule[] } | undefined {
  for (const kind of GROUPS)
    if (kind in rule) return { kind, of: (rule as unknown as Record<GroupKind, readonly Rule[]>)[kind] };
  return undefined;
}
