/** Whether one member is in a rule, from what is known of that member (spec §3). Pure. */
import type { AskedAt } from '../compile/compile-rule.ts';
import type { PlainCondition, PlainRule } from '../rule/plain.ts';
import type { Facts } from './facts.ts';

/** Prepares a rule once for many members. */
export function evaluator(_rule: PlainRule, _asked: AskedAt): (person: Facts) => boolean {
  throw new Error('not yet');
}

/** One member; of many, `evaluator` is faster. */
export const evaluateRule = (rule: PlainRule, person: Facts, asked: AskedAt): boolean =>
  evaluator(rule, asked)(person);

export interface Explained {
  readonly holds: boolean;
  /** Every condition of the rule as it stands there, in its order from left to right, and whether it holds. */
  readonly conditions: readonly { readonly condition: PlainCondition; readonly holds: boolean }[];
}

/** Which conditions hold of a member: unlike `evaluateRule` it asks all of them. */
export function explainPerson(_rule: PlainRule, _person: Facts, _asked: AskedAt): Explained {
  throw new Error('not yet');
}
