/** What of a rule is judged of members' rows, and what of events (spec §3). Pure. */
import type { ComputedTest, PlainRule } from '../rule/plain.ts';
import { type EventRule, isGroup } from './event-rule.ts';
import { holdsOf } from './holds.ts';

export interface SplitRule {
  /**
   * What is judged of a member's row, and becomes one character each of the column `bits`, in this order: the largest parts of
   * the rule that ask for nothing but attributes and lists.
   */
  readonly bits: readonly PlainRule[];
  /** The rule with `{kind: 'bit', index}` in their places. */
  readonly events: EventRule;
  /** The bits of whoever has no row: no attribute, on no list. */
  readonly nobody: string;
  /** True: Athena needs a row (user_id, bits) of every member and of whoever is on a list of the rule, also when there are no bits. */
  readonly needsMembers: boolean;
  /** True: somebody named by events or a query alone, of whom the windows hold nothing, may be in it. */
  readonly holdsWithoutEvents: boolean;
  /** Where it is asked: of members' rows alone, in Athena alone, or of the rows first and then in Athena. */
  readonly path: 'members' | 'events' | 'both';
}

/** Splits a rule; the same rule gives the same parts. */
export function splitRule(rule: PlainRule): SplitRule {
  const bits: PlainRule[] = [];
  const events = withBits(rule, bits);
  const nobody = bits.map((bit) => (holdsOfNobody(bit) ? '1' : '0')).join('');
  const path = events.kind === 'bit' ? 'members' : 'both';
  const known = possible(events, () => [true, false]);
  const needsMembers = bits.length > 0 || known.has(true);
  return {
    bits,
    events,
    nobody,
    needsMembers,
    holdsWithoutEvents: possible(events, (index) => [nobody[index] === '1']).has(true),
    path: path === 'both' && !needsMembers ? 'events' : path,
  };
}

const ofRows = (rule: PlainRule): boolean =>
  isGroup(rule) ? rule.of.every(ofRows) : rule.kind === 'attribute' || rule.kind === 'list';

/** Neighbours in one group that are of rows only are judged together. */
function withBits(rule: PlainRule, bits: PlainRule[]): EventRule {
  if (ofRows(rule)) return bit(rule, bits);
  if (!isGroup(rule)) {
    if (rule.kind === 'attribute' || rule.kind === 'list') return bit(rule, bits);
    return rule;
  }
  const rows = rule.of.filter(ofRows);
  const others = rule.of.filter((part) => !ofRows(part)).map((part) => withBits(part, bits));
  const [only, ...more] = rows;
  if (only === undefined) return { kind: rule.kind, of: others };
  const together: PlainRule =
    more.length === 0 ? only : { kind: rule.kind === 'all' ? 'all' : 'any', of: rows };
  return { kind: rule.kind, of: [bit(together, bits), ...others] };
}

function bit(rule: PlainRule, bits: PlainRule[]): EventRule {
  bits.push(rule);
  return { kind: 'bit', index: bits.length - 1 };
}

function holdsOfNobody(rule: PlainRule): boolean {
  if (rule.kind === 'all') return rule.of.every(holdsOfNobody);
  if (rule.kind === 'any') return rule.of.some(holdsOfNobody);
  if (rule.kind === 'none') return !rule.of.some(holdsOfNobody);
  return rule.kind === 'attribute' && holdsOf(rule.test, undefined);
}

/** What a rule may come to of somebody without events: true, false, or either when that is up to the bits. */
function possible(rule: EventRule, bits: (index: number) => readonly boolean[]): ReadonlySet<boolean> {
  if (!isGroup(rule)) return new Set(rule.kind === 'bit' ? bits(rule.index) : [withoutEvents(rule)]);
  const parts = rule.of.map((part) => possible(part, bits));
  const every = (value: boolean) => parts.every((part) => part.has(value));
  const some = (value: boolean) => parts.some((part) => part.has(value));
  const [holds, fails] =
    rule.kind === 'all'
      ? [every(true), some(false)]
      : rule.kind === 'any'
        ? [some(true), every(false)]
        : [every(false), some(true)];
  return new Set([...(holds ? [true] : []), ...(fails ? [false] : [])]);
}

function withoutEvents(rule: Exclude<EventRule, { kind: 'all' | 'any' | 'none' | 'bit' }>): boolean {
  if (rule.kind === 'count') return rule.atLeast <= 0;
  return rule.kind === 'computed' && holdsOfNone(rule);
}

/** Orders and revenue are 0 of whoever has none; nobody without events has any other value. */
function holdsOfNone({ value, test }: ComputedTest): boolean {
  if (test.operator === 'topPercent') return false;
  return holdsOf(test, value === 'orders' || value === 'revenue' ? 0 : undefined);
}
