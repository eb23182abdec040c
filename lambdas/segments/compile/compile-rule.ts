/** A rule as one SELECT of Athena (spec §3). Pure. */
import type { PlainRule } from '../rule/plain.ts';
import { splitRule } from './split-rule.ts';

/** When a rule is asked, and of how many days there are events. */
export interface AskedAt {
  /** Epoch milliseconds. */
  readonly now: number;
  /** The deployment's, IANA. */
  readonly timeZone: string;
  /** Days that events are kept. */
  readonly retentionDays: number;
}

/** Where the judged rows of members lie. */
export interface RuleSource {
  /** Partition `resolution` of the Glue table `segment_bits`; must be there when `splitRule(rule).needsMembers`. */
  readonly resolution?: string;
}

export interface CompiledRule {
  /** One column `user_id` (varchar), each member once, in no order. */
  readonly select: string;
  /** UTC days of the view `events` that are read, both inclusive; `to` is absent when there is no upper end, all of it when no event is read. */
  readonly days: { readonly from: string; readonly to?: string } | undefined;
  /** Columns of the view `events` that are read. */
  readonly columns: readonly string[];
}

/** Throws when the rule needs rows of members and `source` names none. */
export function compileRule(rule: PlainRule, _asked: AskedAt, source: RuleSource = {}): CompiledRule {
  const split = splitRule(rule);
  if (split.needsMembers && source.resolution === undefined)
    throw new Error('The rule asks for members’ rows and no resolution was named');
  throw new Error('not yet');
}
