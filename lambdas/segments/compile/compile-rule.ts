/** A rule as one SELECT of Athena (spec §3; docs/adr/0010-a-rule-is-one-pass.md). Pure. */
import { sqlText } from '../../shared/sql-text.ts';
import type { PlainRule } from '../rule/plain.ts';
import type { AskedAt } from './asked-at.ts';
import { ruleSql } from './condition-sql.ts';
import { Draft } from './draft.ts';
import { peopleSql } from './people-sql.ts';
import { type SplitRule, splitRule } from './split-rule.ts';

export type { AskedAt } from './asked-at.ts';

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
  /** Columns of the view `events` that are read, by name. */
  readonly columns: readonly string[];
  /** UTC day from which the view `namings` is read, to this day: of whom anonymous events are. Absent when it is not read. */
  readonly namedFrom?: string;
}

/**
 * The members of a rule in SQL that Trino and DuckDB share, the same text for the same arguments. The view `events` is named
 * once, and beside it at most the view `namings`, whatever the rule asks. Throws when the rule needs rows of members and `source` names none.
 */
export function compileRule(rule: PlainRule, asked: AskedAt, source: RuleSource = {}): CompiledRule {
  const split = splitRule(rule);
  if (split.needsMembers && source.resolution === undefined)
    throw new Error('The rule asks for members’ rows and no resolution was named');
  const draft = draftOf(split, asked);
  const condition = ruleSql(split.events, split.nobody, draft);
  const events = draft.needs.size > 0 || split.holdsWithoutEvents;
  const people = events ? peopleSql(draft, split.holdsWithoutEvents) : undefined;
  const from = [
    ...(people === undefined ? [] : [{ table: 'people', key: 'people.member' }]),
    ...(split.needsMembers ? [bitsTable(source.resolution ?? '')] : []),
    ...draft.queries.map(queryTable),
  ];
  const steps = people?.steps ?? [];
  const select = `${steps.length > 0 ? `WITH ${steps.join(',\n')}\n` : ''}SELECT ${keyOf(from)} AS user_id
FROM ${joined(from)}
WHERE ${condition}`;
  return {
    select,
    days: people?.days,
    columns: people?.columns ?? [],
    ...(people?.namedFrom === undefined ? {} : { namedFrom: people.namedFrom }),
  };
}

/** What a rule needs is known when all of it was gone through: then windows that nothing outside is read of need no words. */
function draftOf({ events, nobody, holdsWithoutEvents }: SplitRule, asked: AskedAt): Draft {
  if (holdsWithoutEvents) return new Draft(asked);
  const first = new Draft(asked);
  ruleSql(events, nobody, first);
  return new Draft(asked, first.needs);
}

interface Source {
  readonly table: string;
  readonly key: string;
}

const bitsTable = (resolution: string): Source => ({
  table: `(SELECT user_id, bits FROM segment_bits WHERE resolution = ${sqlText(resolution)}) AS judged`,
  key: 'judged.user_id',
});

/** The text stands on lines of its own: a comment at its end must not swallow what follows. */
const queryTable = (sql: string, index: number): Source => ({
  table: `(SELECT DISTINCT CAST(user_id AS varchar) AS user_id FROM (\n${sql}\n) AS asked WHERE user_id IS NOT NULL) AS q${index}`,
  key: `q${index}.user_id`,
});

const keyOf = (from: readonly Source[]): string =>
  from.length === 1 ? (from[0]?.key ?? '') : `coalesce(${from.map(({ key }) => key).join(', ')})`;

/** Full outer joins: members without events, people without a row, and who only a query names are all judged. */
const joined = (from: readonly Source[]): string =>
  from
    .map(({ table, key }, index) =>
      index === 0 ? table : `FULL OUTER JOIN ${table} ON ${key} = ${keyOf(from.slice(0, index))}`,
    )
    .join('\n');
