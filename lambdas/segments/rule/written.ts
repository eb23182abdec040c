import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../shared/durations.ts';
import type { CountTest, EventMatch, PlainCondition, PlainRule, TopTest, Window } from './plain.ts';
import type { BehaviourCondition, Condition, Filter, Rule, WindowFields } from './rule.ts';
import type { ValueTest } from './test.ts';

/** A plain rule in the language that callers write: `plainOf` makes the same one of it. Conditions take the shortest form. */
export const written = (rule: PlainRule): Rule =>
  'of' in rule ? ({ [rule.kind]: rule.of.map(written) } as unknown as Rule) : writtenCondition(rule);

export function writtenCondition(condition: PlainCondition): Condition {
  switch (condition.kind) {
    case 'attribute':
      return { attribute: condition.attribute, ...operator(condition.test) } as Condition;
    case 'list':
      return { list: condition.list };
    case 'query':
      return { sql: condition.sql };
    case 'computed':
      return {
        computed: condition.value,
        ...operator(condition.test),
        ...windowFields(condition.window),
      } as Condition;
    case 'first':
      return { first: condition.event.name, ...filter(condition.event), ...windowFields(condition.window) };
    case 'last':
      return {
        mostRecent: condition.event.name,
        ...filter(condition.event),
        ...windowFields(condition.window),
      };
    case 'count':
      return { ...counted(condition), ...filter(condition.event), ...windowFields(condition.window) };
    case 'sequence': {
      const { first, then, came, withinMs, window } = condition;
      return {
        did: first.name,
        ...filter(first),
        // biome-ignore lint/suspicious/noThenProperty: it is no function, so nobody waits for it.
        then: { [came ? 'did' : 'didNot']: then.name, ...filter(then) },
        ...(withinMs === undefined ? {} : { within: duration(withinMs) }),
        ...windowFields(window),
      };
    }
  }
}

function counted({ event: { name }, atLeast, atMost }: CountTest): BehaviourCondition {
  if (atMost === 0 && atLeast === 0) return { didNot: name };
  if (atMost === undefined && atLeast === 1) return { did: name };
  return {
    did: name,
    times: {
      ...(atLeast === 1 ? {} : { atLeast }),
      ...(atMost === undefined ? {} : { atMost }),
    },
  };
}

const operator = ({ operator: name, bound }: ValueTest | TopTest): object => ({ [name]: bound });

const filter = ({ where }: EventMatch): Filter =>
  where.length === 0
    ? {}
    : ({
        where: where.map(({ property, test }) => ({ property, ...operator(test) })),
      } as unknown as Filter);

function windowFields(window: Window): WindowFields {
  if (window.kind === 'kept') return {};
  if (window.kind === 'between') return { between: { from: window.from, to: window.to } };
  const { ms } = window;
  return ms % DAY_MS === 0 ? { inTheLastDays: ms / DAY_MS } : { inTheLastHours: ms / HOUR_MS };
}

const duration = (ms: number): NonNullable<BehaviourCondition['within']> =>
  ms % DAY_MS === 0
    ? { days: ms / DAY_MS }
    : ms % HOUR_MS === 0
      ? { hours: ms / HOUR_MS }
      : { minutes: ms / MINUTE_MS };
