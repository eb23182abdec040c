import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../shared/durations.ts';
import { invalid } from '../../shared/errors.ts';
import { expandPreset } from '../presets/expand-preset.ts';
import { testOf } from './operators.ts';
import type {
  ComputedTest,
  EventMatch,
  PlainCondition,
  PlainGroup,
  PlainRule,
  PropertyTest,
  TopTest,
  Window,
} from './plain.ts';
import {
  type BehaviourCondition,
  type ComputedCondition,
  type Condition,
  type EdgeCondition,
  type Filter,
  groupOf,
  type Rule,
  type WindowFields,
} from './rule.ts';

/** What named rules stand for, loaded before (`loadSegments`). */
export interface Lookups {
  segment(name: string): Rule | undefined;
}

/** A rule of named segments in it is copied wherever it is named; so many conditions are more than anybody meant. */
const MAX_CONDITIONS = 500;
/** Whoever walks a rule recurses, and so does Athena's parser. */
const MAX_DEPTH = 100;

interface Walk {
  readonly lookups: Lookups;
  /** Names of the segments around, outermost first. */
  readonly within: readonly string[];
  readonly count: { conditions: number };
  /** Groups around, those of the segments around as well. */
  readonly depth: number;
}

/**
 * The rule with nothing left to look up or to default. `name` is the segment's own, when it has one. Throws a validation
 * error when segments name each other in a circle (`a → b → a`), when one is gone, and when it has grown beyond 500 conditions or 100 groups
 * within each other.
 */
export function plainOf(rule: Rule, lookups: Lookups, name?: string): PlainRule {
  const within = name === undefined ? [] : [name.normalize('NFC')];
  return plain(rule, { lookups, within, count: { conditions: 0 }, depth: 0 });
}

function plain(rule: Rule, walk: Walk): PlainRule {
  const group = groupOf(rule);
  if (group !== undefined) {
    const inner = deeper(walk);
    return { kind: group.kind, of: group.of.map((one) => plain(one, inner)) };
  }
  const condition = rule as Condition;
  if ('segment' in condition) return ofSegment(condition.segment.normalize('NFC'), walk);
  if ('preset' in condition) return plain(expandPreset(condition), walk);
  counted(walk);
  return plainCondition(condition);
}

function ofSegment(name: string, walk: Walk): PlainRule {
  if (walk.within.includes(name)) {
    const circle = [...walk.within.slice(walk.within.indexOf(name)), name].join(' → ');
    throw problem(`Segments name each other in a circle: ${circle}`);
  }
  const rule = walk.lookups.segment(name);
  if (rule === undefined) throw problem(`The rule names segment "${name}", which is not there`);
  return plain(rule, { ...walk, within: [...walk.within, name] });
}

function deeper(walk: Walk): Walk {
  if (walk.depth >= MAX_DEPTH)
    throw problem(
      `With the rules of the segments it names, the rule has groups nested more than ${MAX_DEPTH} deep; allowed: at most ${MAX_DEPTH}`,
    );
  return { ...walk, depth: walk.depth + 1 };
}

function counted({ count }: Walk): void {
  count.conditions += 1;
  if (count.conditions > MAX_CONDITIONS)
    throw problem(
      `With the rules of the segments it names, the rule has more than ${MAX_CONDITIONS} conditions; allowed: at most ${MAX_CONDITIONS}`,
    );
}

const problem = (message: string) => invalid([{ field: 'rule', message }]);

function plainCondition(condition: Exclude<Condition, { segment: string } | { preset: string }>): PlainRule {
  if ('attribute' in condition)
    return { kind: 'attribute', attribute: condition.attribute, test: testOf(condition) };
  if ('list' in condition) return { kind: 'list', list: condition.list };
  if ('sql' in condition) return { kind: 'query', sql: condition.sql };
  if ('computed' in condition) return computed(condition);
  if ('first' in condition || 'mostRecent' in condition) return edge(condition);
  return behaviour(condition);
}

function behaviour(condition: BehaviourCondition): PlainCondition | PlainGroup {
  const { did, didNot, times, then } = condition;
  const window = windowOf(condition);
  const none = (name: string): PlainCondition => ({
    kind: 'count',
    event: matchOf(name, condition),
    window,
    atLeast: 0,
    atMost: 0,
  });
  if (did === undefined) return none(didNot ?? '');
  const event = matchOf(did, condition);
  if (then !== undefined) {
    const { within } = condition;
    return {
      kind: 'sequence',
      first: event,
      // biome-ignore lint/suspicious/noThenProperty: it is no function, so nobody waits for it.
      then: matchOf(then.did ?? then.didNot ?? '', then),
      came: then.did !== undefined,
      ...(within === undefined ? {} : { withinMs: durationMs(within) }),
      window,
    };
  }
  const { atLeast = 1, atMost } = times ?? {};
  const count: PlainCondition = {
    kind: 'count',
    event,
    window,
    atLeast,
    ...(atMost === undefined ? {} : { atMost }),
  };
  return didNot === undefined ? count : { kind: 'all', of: [count, none(didNot)] };
}

const edge = (condition: EdgeCondition): PlainCondition =>
  'first' in condition
    ? { kind: 'first', event: matchOf(condition.first, condition), window: windowOf(condition) }
    : { kind: 'last', event: matchOf(condition.mostRecent, condition), window: windowOf(condition) };

function computed({
  computed: value,
  inTheLastDays,
  inTheLastHours,
  between,
  ...operator
}: ComputedCondition): ComputedTest {
  const window = windowOf({
    ...(inTheLastDays === undefined ? {} : { inTheLastDays }),
    ...(inTheLastHours === undefined ? {} : { inTheLastHours }),
    ...(between === undefined ? {} : { between }),
  });
  const top: TopTest | undefined =
    'topPercent' in operator ? { operator: 'topPercent', bound: operator.topPercent } : undefined;
  return { kind: 'computed', value, window, test: top ?? testOf(operator) };
}

const matchOf = (name: string, { where = [] }: Filter): EventMatch => ({
  name,
  where: where.map((one): PropertyTest => ({ property: one.property, test: testOf(one) })),
});

export function windowOf({ inTheLastDays, inTheLastHours, between }: WindowFields): Window {
  if (inTheLastDays !== undefined) return { kind: 'last', ms: inTheLastDays * DAY_MS };
  if (inTheLastHours !== undefined) return { kind: 'last', ms: inTheLastHours * HOUR_MS };
  return between === undefined ? { kind: 'kept' } : { kind: 'between', ...between };
}

const durationMs = ({
  minutes = 0,
  hours = 0,
  days = 0,
}: NonNullable<BehaviourCondition['within']>): number =>
  minutes * MINUTE_MS + hours * HOUR_MS + days * DAY_MS;
