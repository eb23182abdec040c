/** What a member's row says of a rule of attributes and lists. Pure. */
import type { Moment } from '../rule/dates.ts';
import type { PlainRule } from '../rule/plain.ts';
import { type AttributeValue, meets } from '../rule/value-test.ts';

/** A member as a scan reads it. */
export interface Row {
  readonly userId: string;
  readonly attributes: Readonly<Record<string, AttributeValue>>;
}

/** Members on each list, by the list's id. */
export type Listed = ReadonlyMap<string, ReadonlySet<string>>;

export type JudgeRow = (row: Row) => boolean;

/** Reads the rule once for many rows. Throws for a condition that no row can tell. */
export function rowJudge(rule: PlainRule, moment: Moment, listed: Listed): JudgeRow {
  switch (rule.kind) {
    case 'all':
    case 'any':
    case 'none': {
      const parts = rule.of.map((part) => rowJudge(part, moment, listed));
      if (rule.kind === 'all') return (row) => parts.every((part) => part(row));
      if (rule.kind === 'any') return (row) => parts.some((part) => part(row));
      return (row) => !parts.some((part) => part(row));
    }
    case 'attribute': {
      const { attribute, test } = rule;
      return ({ attributes }) => meets(test, own(attributes, attribute), moment);
    }
    case 'list': {
      const ids = listed.get(rule.list);
      if (ids === undefined) throw new Error(`Who is on list ${rule.list} was not read`);
      return ({ userId }) => ids.has(userId);
    }
    default:
      throw new Error(`A member's row does not tell a condition of kind "${rule.kind}"`);
  }
}

/** A character a rule, as the column `bits` has them. */
export const bitsOf = (judges: readonly JudgeRow[], row: Row): string =>
  judges.map((judge) => (judge(row) ? '1' : '0')).join('');

/** An attribute called `constructor` is no attribute unless the member has it. */
const own = <Value>(record: Readonly<Record<string, Value>>, key: string): Value | undefined =>
  Object.hasOwn(record, key) ? record[key] : undefined;
