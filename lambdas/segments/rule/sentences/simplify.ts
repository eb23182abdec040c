import { type GroupKind, groupOf, type Rule } from '../rule.ts';

/**
 * The rule as it is said: a group of one is that one, a group in one of its own kind is part of it, and none of any is none of
 * all those. Nothing changes who is in it. Two rules that are equal then are said alike, and no others.
 */
export function simplified(rule: Rule): Rule {
  const group = groupOf(rule);
  if (group === undefined) return rule;
  const of = group.of.map(simplified).flatMap((one) => partsOf(one, group.kind));
  const [only] = of;
  if (of.length === 1 && only !== undefined && group.kind !== 'none') return only;
  return { [group.kind]: of } as unknown as Rule;
}

function partsOf(rule: Rule, within: GroupKind): readonly Rule[] {
  const group = groupOf(rule);
  const absorbed = within === 'all' ? 'all' : 'any';
  return group?.kind === absorbed ? group.of : [rule];
}
