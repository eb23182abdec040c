/** Why a rule is judged where it is. Pure. */
import type { SplitRule } from '../compile/split-rule.ts';

export function whyPath({ path, bits }: SplitRule): string {
  if (path === 'members')
    return 'It asks for attributes and lists alone: members’ rows in DynamoDB tell them, as they are now.';
  if (path === 'events')
    return 'It asks for behaviour alone, and whoever has done nothing is not in it: one Athena statement over events tells it.';
  return bits.length === 0
    ? 'Members who have done nothing may be in it: members’ rows tell who there is, and one Athena statement over events the rest.'
    : 'It asks for attributes or lists and for behaviour: members’ rows are judged first, then one Athena statement joins them with events.';
}
