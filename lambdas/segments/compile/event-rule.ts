import type { ComputedTest, CountTest, EdgeTest, PlainRule, QueryTest, SequenceTest } from '../rule/plain.ts';

/** A rule whose conditions on attributes and lists have been judged already: what is left for Athena. */
export type EventRule = EventGroup | EventCondition;

export interface EventGroup {
  readonly kind: 'all' | 'any' | 'none';
  readonly of: readonly EventRule[];
}

export type EventCondition = BehaviourTest | QueryTest | BitTest;

/** Conditions on what somebody did. */
export type BehaviourTest = CountTest | EdgeTest | SequenceTest | ComputedTest;

/** What was judged of the member's row: character `index` (from 0) of the member's `bits`. */
export interface BitTest {
  readonly kind: 'bit';
  readonly index: number;
}

export const isGroup = <Rule extends PlainRule | EventRule>(
  rule: Rule,
): rule is Extract<Rule, { kind: 'all' | 'any' | 'none' }> =>
  rule.kind === 'all' || rule.kind === 'any' || rule.kind === 'none';
