/** What a rule asks for. Pure. */
import { isGroup } from '../compile/event-rule.ts';
import type { PlainCondition, PlainRule } from '../rule/plain.ts';

/** Every condition, in the order they stand in from left to right. */
export const conditionsOf = (rule: PlainRule): readonly PlainCondition[] =>
  isGroup(rule) ? rule.of.flatMap(conditionsOf) : [rule];

const distinct = (names: readonly string[]): readonly string[] => [...new Set(names)].sort();

export const attributesOf = (conditions: readonly PlainCondition[]): readonly string[] =>
  distinct(conditions.flatMap((one) => (one.kind === 'attribute' ? [one.attribute] : [])));

export const listsOf = (conditions: readonly PlainCondition[]): readonly string[] =>
  distinct(conditions.flatMap((one) => (one.kind === 'list' ? [one.list] : [])));
