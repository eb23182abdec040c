/** Conditions of a rule that one person's own events cannot tell. Pure. */
import { isGroup } from '../compile/event-rule.ts';
import type { CountTest, PlainCondition, PlainRule } from '../rule/plain.ts';

/** Compared with other people, or an analyst's own question: only the compiled statement tells them. */
export const isAsked = (condition: PlainCondition): boolean =>
  condition.kind === 'query' ||
  (condition.kind === 'computed' &&
    (condition.test.operator === 'topPercent' ||
      ['recency', 'frequency', 'monetary'].includes(condition.value)));

/** Holds of everybody, or of nobody, who is asked about. */
export const constant = (holds: boolean): CountTest => ({
  kind: 'count',
  event: { name: '*', where: [] },
  window: { kind: 'kept' },
  atLeast: holds ? 0 : Number.MAX_SAFE_INTEGER,
});

/** The rule with conditions replaced, each by what `replaced` makes of it and its place from left to right. */
export function withConditions(
  rule: PlainRule,
  replaced: (condition: PlainCondition, place: number) => PlainCondition,
): PlainRule {
  let place = 0;
  const walk = (part: PlainRule): PlainRule =>
    isGroup(part) ? { ...part, of: part.of.map(walk) } : replaced(part, place++);
  return walk(rule);
}
