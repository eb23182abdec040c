/** Conditions as SQL over the row of one person. Pure. */
import { sqlTimestamp } from '../../shared/sql-text.ts';
import type { CountTest, EdgeTest, SequenceTest } from '../rule/plain.ts';
import { computedSql } from './computed-sql.ts';
import { type Draft, spanSql } from './draft.ts';
import { type EventCondition, type EventRule, isGroup } from './event-rule.ts';
import { spanOf } from './spans.ts';

/** The rule as a condition over a row of `people`; true or false, never NULL. `nobody`: the bits of who has no row. */
export function ruleSql(rule: EventRule, nobody: string, draft: Draft): string {
  if (!isGroup(rule)) return conditionSql(rule, nobody, draft);
  const parts = rule.of.map((part) => ruleSql(part, nobody, draft));
  if (rule.kind === 'all') return `(${parts.join(' AND ')})`;
  return `${rule.kind === 'none' ? 'NOT ' : ''}(${parts.join(' OR ')})`;
}

function conditionSql(condition: EventCondition, nobody: string, draft: Draft): string {
  switch (condition.kind) {
    case 'bit':
      return `substr(coalesce(bits, '${nobody}'), ${condition.index + 1}, 1) = '1'`;
    case 'query':
      return querySql(condition.sql, draft);
    case 'count':
      return countSql(condition, draft);
    case 'first':
    case 'last':
      return edgeSql(condition, draft);
    case 'sequence':
      return sequenceSql(condition, draft);
    case 'computed':
      return computedSql(condition, draft);
  }
}

function querySql(sql: string, draft: Draft): string {
  if (!draft.queries.includes(sql)) draft.queries.push(sql);
  return `q${draft.queries.indexOf(sql)}.user_id IS NOT NULL`;
}

function countSql({ event, window, atLeast, atMost }: CountTest, draft: Draft): string {
  const times = `coalesce(${draft.sums.name(`count_if(${draft.inWindow(event, window)})`)}, 0)`;
  const most = atMost === undefined ? '' : ` AND ${times} <= ${whole(atMost)}`;
  return `(${times} >= ${whole(atLeast)}${most})`;
}

/** Counts are whole numbers; whatever else came here must not become SQL. */
const whole = (value: number): string => {
  if (!Number.isSafeInteger(value)) throw new Error(`A count is a whole number, not ${value}`);
  return String(value);
};

/**
 * Without conditions on the event its time tells. Else the smallest or greatest (time, id) carries whether that event is the one
 * asked for.
 */
function edgeSql({ kind, event, window }: EdgeTest, draft: Draft): string {
  draft.need(event.name, {});
  const named = draft.match({ name: event.name, where: [] });
  const span = spanOf(window, draft.asked);
  const of = kind === 'first' ? 'min' : 'max';
  if (event.where.length === 0) {
    const at = draft.sums.name(`${of}(CASE WHEN ${named} THEN occurred_at END)`);
    return `coalesce(${at} IS NOT NULL${spanSql(span, at)}, false)`;
  }
  draft.columns.add('event_id');
  const id = draft.told.name('event_id');
  const asked = `${draft.match(event)}${spanSql(span)}`;
  const edge = draft.sums.name(`${of}(CASE WHEN ${named} THEN ROW(occurred_at, ${id}, ${asked}) END)[3]`);
  return `coalesce(${edge}, false)`;
}

function sequenceSql(test: SequenceTest, draft: Draft): string {
  const { from } = spanOf(test.window, draft.asked);
  const first = draft.inWindow(test.first, test.window);
  draft.need(test.then.name, from === undefined ? {} : { from });
  const then = draft.match(test.then);
  if (test.withinMs !== undefined) return soonSql(test.came, whole(test.withinMs), first, then, draft);
  const later = draft.sums.name(`max(CASE WHEN ${then} THEN occurred_at END)`);
  if (test.came)
    return `coalesce(${draft.sums.name(`min(CASE WHEN ${first} THEN occurred_at END)`)} < ${later}, false)`;
  const last = draft.sums.name(`max(CASE WHEN ${first} THEN occurred_at END)`);
  return `coalesce(${last} >= coalesce(${later}, ${last}), false)`;
}

/** The next `then` strictly later: groups of one instant, so that events of the same millisecond are not after each other. */
function soonSql(came: boolean, withinMs: string, first: string, then: string, draft: Draft): string {
  const next = draft.near.name(
    `min(CASE WHEN ${then} THEN occurred_at END) OVER (PARTITION BY member ORDER BY occurred_at GROUPS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING)`,
  );
  const gap = `date_diff('millisecond', occurred_at, ${next})`;
  const now = sqlTimestamp(draft.asked.now);
  const held = came
    ? `coalesce(${gap} <= ${withinMs}, false)`
    : `coalesce(${gap} > ${withinMs}, true) AND date_diff('millisecond', occurred_at, ${now}) > ${withinMs}`;
  return `coalesce(${draft.sums.name(`count_if(${first} AND ${held})`)}, 0) > 0`;
}
