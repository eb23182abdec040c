import { expandPreset, presetOf } from '../../presets/expand-preset.ts';
import { onlyOperator, testOf } from '../operators.ts';
import {
  ANY_EVENT,
  type BehaviourCondition,
  type ComputedCondition,
  type Condition,
  type EdgeCondition,
  type Filter,
  groupOf,
  type Rule,
  type WindowFields,
} from '../rule.ts';
import type { Scalar, ValueTest } from '../test.ts';
import { type Day, dayOf, isPlainName, numberText, percentText, quoted } from './amounts.ts';
import { simplified } from './simplify.ts';
import { COMPUTED } from './words.ts';

const MONTHS = 'January February March April May June July August September October November December'.split(
  ' ',
);

/** “Members whose grade is “GOLD”, and who did “purchase” at least 2 times in the last 30 days.” */
export const inEnglish = (rule: Rule): string => `Members ${clauses(simplified(rule))}.`;

/** Relative clauses, joined as the outermost group says. */
function clauses(rule: Rule): string {
  const group = groupOf(rule);
  if (group === undefined || group.kind === 'none') return clause(rule);
  const parts = group.of.map(clause);
  const last = parts.pop() ?? '';
  return `${parts.join(', ')}${parts.length > 0 ? `, ${group.kind === 'all' ? 'and' : 'or'} ` : ''}${last}`;
}

/** One relative clause; a group within stands in brackets, and is among those or not. */
function clause(rule: Rule): string {
  const group = groupOf(rule);
  if (group === undefined) return ofCondition(rule as Condition);
  const not = group.kind === 'none' ? 'not ' : '';
  const inner = group.kind === 'none' ? ({ any: group.of } as Rule) : rule;
  return `who are ${not}among those (${clauses(inner)})`;
}

function ofCondition(condition: Condition): string {
  if ('attribute' in condition) return `whose ${named(condition.attribute)} ${predicate(testOf(condition))}`;
  if ('segment' in condition) return `who are in the segment ${text(condition.segment.normalize('NFC'))}`;
  if ('list' in condition) return `who are on the list ${text(condition.list)}`;
  if ('sql' in condition) return `whom the query ${text(condition.sql)} returns`;
  if ('preset' in condition)
    return `who match the preset ${text(presetOf(condition.preset).title.en)} (${clauses(simplified(expandPreset(condition)))})`;
  if ('computed' in condition) return ofComputed(condition);
  if ('first' in condition || 'mostRecent' in condition) return ofEdge(condition);
  return ofBehaviour(condition);
}

const text = (value: string): string => quoted(value, '“', '”');
const named = (name: string): string => (isPlainName(name) ? name : text(name));
const dayText = ({ year, month, day }: Day): string => `${MONTHS[month - 1] ?? ''} ${day}, ${year}`;

function scalar(value: Scalar, unit = ''): string {
  if (typeof value === 'string') return text(value);
  if (typeof value === 'boolean') return String(value);
  return `${unit === '%' ? percentText(value) : numberText(value)}${unit}`;
}

function listed(values: readonly Scalar[], unit?: string): string {
  const words = values.map((value) => scalar(value, unit));
  const last = words.pop() ?? '';
  return words.length === 0 ? last : `${words.join(', ')} or ${last}`;
}

function predicate(test: ValueTest, unit = ''): string {
  switch (test.operator) {
    case 'is':
      return `is ${scalar(test.bound, unit)}`;
    case 'isNot':
      return `is not ${scalar(test.bound, unit)}`;
    case 'in':
      return `is one of ${listed(test.bound, unit)}`;
    case 'atLeast':
    case 'atMost':
      return bounded(test.operator, test.bound, unit);
    case 'contains':
      return `contains ${text(test.bound)}`;
    case 'exists':
      return test.bound ? 'is known' : 'is not known';
    case 'inMonth':
      return `is in ${typeof test.bound === 'number' ? (MONTHS[test.bound - 1] ?? '') : `${test.bound} month`}`;
    case 'inTheLastDays':
      return `is within the last ${counted(test.bound, 'day')}`;
    case 'inTheNextDays':
      return `is within the next ${counted(test.bound, 'day')}`;
  }
}

function bounded(operator: 'atLeast' | 'atMost', bound: number | string, unit: string): string {
  if (typeof bound === 'number')
    return `is at ${operator === 'atLeast' ? 'least' : 'most'} ${scalar(bound, unit)}`;
  const day = dayOf(bound);
  return `is ${day === undefined ? bound : dayText(day)} or ${operator === 'atLeast' ? 'later' : 'earlier'}`;
}

const counted = (count: number, noun: string): string =>
  `${numberText(count)} ${noun}${count === 1 ? '' : 's'}`;

function when({ inTheLastDays, inTheLastHours, between }: WindowFields): string {
  if (inTheLastDays !== undefined) return `in the last ${counted(inTheLastDays, 'day')}`;
  if (inTheLastHours !== undefined) return `in the last ${counted(inTheLastHours, 'hour')}`;
  if (between === undefined) return 'at any time';
  const [from, to] = [dayOf(between.from), dayOf(between.to)].map((day) =>
    day === undefined ? '' : dayText(day),
  );
  return from === to ? `on ${from}` : `from ${from} to ${to}`;
}

/** Underscores are not read aloud. */
const eventName = (name: string): string => text(name.replaceAll('_', ' '));

const filter = ({ where = [] }: Filter): string =>
  where.length === 0
    ? ''
    : ` (where ${where.map((one) => `${named(one.property)} ${predicate(testOf(one))}`).join(' and ')})`;

const did = (name: string, filtered: Filter): string =>
  `${name === ANY_EVENT ? 'were active' : `did ${eventName(name)}`}${filter(filtered)}`;
const didNot = (name: string, filtered: Filter): string =>
  `${name === ANY_EVENT ? 'were not active' : `did not do ${eventName(name)}`}${filter(filtered)}`;

function ofBehaviour(condition: BehaviourCondition): string {
  const { then, within, times } = condition;
  const window = when(condition);
  if (condition.did === undefined) return `who ${didNot(condition.didNot ?? '', condition)} ${window}`;
  const first = `who ${did(condition.did, condition)}`;
  if (condition.didNot !== undefined) return `${first} but ${didNot(condition.didNot, {})} ${window}`;
  if (then === undefined) return `${first} ${often(times)} ${window}`;
  const next = then.did === undefined ? didNot(then.didNot ?? '', then) : did(then.did, then);
  return `${first} ${window} and ${next}${soon(within)} afterwards`;
}

function soon(within: BehaviourCondition['within']): string {
  if (within === undefined) return '';
  const { minutes, hours, days } = within;
  if (minutes !== undefined) return ` within ${counted(minutes, 'minute')}`;
  return hours === undefined ? ` within ${counted(days ?? 0, 'day')}` : ` within ${counted(hours, 'hour')}`;
}

const timesOf = (count: number): string => (count === 1 ? 'once' : `${numberText(count)} times`);

function often({ atLeast = 1, atMost }: NonNullable<BehaviourCondition['times']> = {}): string {
  if (atMost === undefined) return atLeast === 0 ? 'any number of times' : `at least ${timesOf(atLeast)}`;
  if (atLeast === atMost) return atMost === 0 ? 'not once' : `exactly ${timesOf(atMost)}`;
  return `${numberText(atLeast)} to ${counted(atMost, 'time')}`;
}

function ofEdge(condition: EdgeCondition): string {
  const [order, name] =
    'first' in condition ? ['first', condition.first] : ['most recent', condition.mostRecent];
  const what = name === ANY_EVENT ? 'activity' : eventName(name);
  const one = condition.where === undefined ? '' : ` one${filter(condition)}`;
  return `whose ${order} ${what} was${one} ${when(condition)}`;
}

function ofComputed(condition: ComputedCondition): string {
  const { en, enUnit } = COMPUTED[condition.computed];
  const { inTheLastDays, inTheLastHours, between } = condition;
  const always = inTheLastDays === undefined && inTheLastHours === undefined && between === undefined;
  const value = always ? en : `${en} ${when(condition)}`;
  if ('topPercent' in condition)
    return `whose ${value} is among the top ${numberText(condition.topPercent)}%`;
  return `whose ${value} ${predicate(testOf(onlyOperator(condition)), enUnit)}`;
}
