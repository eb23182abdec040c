import type { EventMatch, PlainCondition, PlainRule, Window } from '../../../lambdas/segments/rule/plain.ts';
import type { Rule } from '../../../lambdas/segments/rule/rule.ts';
import type { ValueTest } from '../../../lambdas/segments/rule/test.ts';

/** A rule as a caller writes it who means this plain one. */
export const written = (rule: PlainRule): Rule =>
  ('of' in rule ? { [rule.kind]: rule.of.map(written) } : conditionOf(rule)) as unknown as Rule;

function conditionOf(condition: PlainCondition): object {
  switch (condition.kind) {
    case 'attribute':
      return { attribute: condition.attribute, ...testOf(condition.test) };
    case 'list':
      return { list: condition.list };
    case 'query':
      return { sql: condition.sql };
    case 'computed':
      return { computed: condition.value, ...testOf(condition.test), ...windowOf(condition.window) };
    case 'first':
      return { first: condition.event.name, ...whereOf(condition.event), ...windowOf(condition.window) };
    case 'last':
      return { mostRecent: condition.event.name, ...whereOf(condition.event), ...windowOf(condition.window) };
    case 'count': {
      const { event, atLeast, atMost, window } = condition;
      const times = { atLeast, ...(atMost === undefined ? {} : { atMost }) };
      return { did: event.name, ...whereOf(event), times, ...windowOf(window) };
    }
    case 'sequence': {
      const { first, then, came, withinMs, window } = condition;
      return {
        did: first.name,
        ...whereOf(first),
        // biome-ignore lint/suspicious/noThenProperty: it is no function, so nobody waits for it.
        then: { [came ? 'did' : 'didNot']: then.name, ...whereOf(then) },
        ...(withinMs === undefined ? {} : { within: { minutes: withinMs / 60_000 } }),
        ...windowOf(window),
      };
    }
  }
}

const testOf = ({ operator, bound }: ValueTest | { operator: 'topPercent'; bound: number }): object => ({
  [operator]: bound,
});

const whereOf = ({ where }: EventMatch): object =>
  where.length === 0 ? {} : { where: where.map(({ property, test }) => ({ property, ...testOf(test) })) };

const windowOf = (window: Window): object =>
  window.kind === 'last'
    ? { inTheLastHours: window.ms / 3_600_000 }
    : window.kind === 'between'
      ? { between: { from: window.from, to: window.to } }
      : {};
