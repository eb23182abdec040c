/** Whether one member is in a rule, from what is known of that member (spec §3). Pure. */
import type { AskedAt } from '../compile/asked-at.ts';
import { isGroup } from '../compile/event-rule.ts';
import { holdsOf } from '../compile/holds.ts';
import { spanOf, within } from '../compile/spans.ts';
import { conditionsOf } from '../resolve/conditions.ts';
import type {
  ComputedTest,
  CountTest,
  EdgeTest,
  PlainCondition,
  PlainRule,
  SequenceTest,
} from '../rule/plain.ts';
import { meets } from '../rule/value-test.ts';
import { computedValue } from './computed-value.ts';
import type { FactEvent, Facts } from './facts.ts';
import { eventsNamed, whereMatcher } from './match-event.ts';
import { isScore, ranked, scoreKey, scoreOf, topKey } from './population.ts';

type Judge = (person: Facts) => boolean;

/** Prepares a rule once for many members: what does not depend on them (windows, names) is worked out here. */
export function evaluator(rule: PlainRule, asked: AskedAt): Judge {
  if (!isGroup(rule)) return conditionJudge(rule, asked);
  const parts = rule.of.map((part) => evaluator(part, asked));
  if (rule.kind === 'all') return (person) => parts.every((part) => part(person));
  if (rule.kind === 'any') return (person) => parts.some((part) => part(person));
  return (person) => !parts.some((part) => part(person));
}

const prepared = new WeakMap<PlainRule, { readonly asked: AskedAt; readonly judge: Judge }>();

/** One member; the rule stays prepared for the next one who is asked about with the same rule and `asked`. */
export function evaluateRule(rule: PlainRule, person: Facts, asked: AskedAt): boolean {
  let known = prepared.get(rule);
  if (known === undefined || known.asked !== asked) {
    known = { asked, judge: evaluator(rule, asked) };
    prepared.set(rule, known);
  }
  return known.judge(person);
}

export interface Explained {
  readonly holds: boolean;
  /** Every condition of the rule as it stands there, in its order from left to right, and whether it holds. */
  readonly conditions: readonly { readonly condition: PlainCondition; readonly holds: boolean }[];
}

/** Which conditions hold of a member: unlike `evaluateRule` it asks all of them. */
export function explainPerson(rule: PlainRule, person: Facts, asked: AskedAt): Explained {
  return {
    holds: evaluateRule(rule, person, asked),
    conditions: conditionsOf(rule).map((condition) => ({
      condition,
      holds: evaluateRule(condition, person, asked),
    })),
  };
}

function conditionJudge(condition: PlainCondition, asked: AskedAt): Judge {
  switch (condition.kind) {
    case 'attribute': {
      const { attribute, test } = condition;
      return ({ attributes }) =>
        meets(test, Object.hasOwn(attributes, attribute) ? attributes[attribute] : undefined, asked);
    }
    case 'list':
      return ({ lists }) => lists.has(condition.list);
    case 'query':
      return ({ queries }) => queries.has(condition.sql);
    case 'count':
      return countJudge(condition, asked);
    case 'first':
    case 'last':
      return edgeJudge(condition, asked);
    case 'sequence':
      return sequenceJudge(condition, asked);
    case 'computed':
      return computedJudge(condition, asked);
  }
}

function countJudge({ event, window, atLeast, atMost }: CountTest, asked: AskedAt): Judge {
  const [where, span] = [whereMatcher(event), spanOf(window, asked)];
  // Once it is decided there is nothing left to count.
  const enough = atMost === undefined ? atLeast : atMost + 1;
  return ({ events }) => {
    let times = 0;
    for (const one of eventsNamed(events, event.name)) {
      if (times >= enough) break;
      if (within(one.occurredAt, span) && (where === undefined || where(one))) times += 1;
    }
    return times >= atLeast && (atMost === undefined || times <= atMost);
  };
}

function edgeJudge({ kind, event, window }: EdgeTest, asked: AskedAt): Judge {
  const [where, span] = [whereMatcher(event), spanOf(window, asked)];
  const sign = kind === 'first' ? 1 : -1;
  return ({ events }) => {
    let edge: FactEvent | undefined;
    for (const one of eventsNamed(events, event.name))
      if (edge === undefined || sign * inOrder(one, edge) < 0) edge = one;
    return edge !== undefined && within(edge.occurredAt, span) && (where === undefined || where(edge));
  };
}

const inOrder = (one: FactEvent, other: FactEvent): number =>
  one.occurredAt - other.occurredAt || (one.eventId < other.eventId ? -1 : 1);

function sequenceJudge(test: SequenceTest, asked: AskedAt): Judge {
  const { came, withinMs = Number.POSITIVE_INFINITY } = test;
  const [first, then, span] = [whereMatcher(test.first), whereMatcher(test.then), spanOf(test.window, asked)];
  // What may still come has not stayed away.
  const before = came || test.withinMs === undefined ? Number.POSITIVE_INFINITY : asked.now - withinMs;
  return ({ events }) => {
    const firsts = timesOf(eventsNamed(events, test.first.name), first).filter((at) => within(at, span));
    if (firsts.length === 0) return false;
    const thens = timesOf(eventsNamed(events, test.then.name), then);
    let next = 0;
    for (const at of firsts) {
      while ((thens[next] ?? Number.POSITIVE_INFINITY) <= at) next += 1;
      const after = (thens[next] ?? Number.POSITIVE_INFINITY) - at <= withinMs && next < thens.length;
      if (after === came && at < before) return true;
    }
    return false;
  };
}

const timesOf = (
  events: readonly FactEvent[],
  where: ((event: FactEvent) => boolean) | undefined,
): number[] =>
  (where === undefined ? events : events.filter(where))
    .map(({ occurredAt }) => occurredAt)
    .sort((a, b) => a - b);

function computedJudge(condition: ComputedTest, asked: AskedAt): Judge {
  const { value, test } = condition;
  const span = spanOf(condition.window, asked);
  const [score, top] = [scoreKey(condition), topKey(condition)];
  const own = ({ events, population }: Facts) => {
    const found = computedValue(value, events, span, asked.now);
    return isScore(condition) && typeof found === 'number' ? scoreOf(found, population.get(score)) : found;
  };
  if (test.operator !== 'topPercent') return (person) => holdsOf(test, own(person));
  return (person) => {
    const lowest = person.population.get(top)?.[0];
    if (lowest === undefined || ranked(condition, person.events, span, asked.now) === undefined) return false;
    const found = own(person);
    return typeof found === 'number' && found >= lowest;
  };
}
