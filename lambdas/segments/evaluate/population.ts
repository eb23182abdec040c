/** What conditions that compare people need to know of all of them. Pure. */
import type { AskedAt } from '../compile/asked-at.ts';
import { isGroup } from '../compile/event-rule.ts';
import { type Span, spanOf } from '../compile/spans.ts';
import type { ComputedTest, PlainRule } from '../rule/plain.ts';
import { computedValue } from './computed-value.ts';
import type { FactEvent, Population } from './facts.ts';

const SCORES: readonly string[] = ['recency', 'frequency', 'monetary'];
export const isScore = ({ value }: Pick<ComputedTest, 'value'>): boolean => SCORES.includes(value);

/** What of everybody is compared, as the key of its thresholds. */
export const scoreKey = ({ value, window }: ComputedTest): string => JSON.stringify([value, window]);
export const topKey = (condition: ComputedTest): string =>
  JSON.stringify([scoreKey(condition), condition.test.bound]);

/** The score of a value: 1, and 1 more for each threshold it has reached. */
export const scoreOf = (value: number, thresholds: readonly number[] = []): number =>
  1 + thresholds.filter((threshold) => value >= threshold).length;

/** A value that takes part in `topPercent`: revenue and orders do so of buyers alone. */
export function ranked(
  condition: ComputedTest,
  events: readonly FactEvent[],
  span: Span,
  now: number,
): number | undefined {
  const { value } = condition;
  const own = computedValue(value, events, span, now);
  if (typeof own !== 'number') return undefined;
  const bought = value !== 'revenue' || computedValue('orders', events, span, now) !== 0;
  return bought && (value !== 'orders' || own > 0) ? own : undefined;
}

/** The thresholds of a rule from the events of everybody. */
export function populationOf(
  rule: PlainRule,
  everybody: Iterable<readonly FactEvent[]>,
  asked: AskedAt,
): Population {
  const people = [...everybody];
  const population = new Map<string, readonly number[]>();
  for (const condition of comparing(rule)) {
    const span = spanOf(condition.window, asked);
    const values = people.flatMap((events) => ranked(condition, events, span, asked.now) ?? []);
    const scores = isScore(condition) ? scoreThresholds(values) : undefined;
    if (scores !== undefined) population.set(scoreKey(condition), scores);
    if (condition.test.operator !== 'topPercent') continue;
    const compared = scores === undefined ? values : values.map((value) => scoreOf(value, scores));
    population.set(topKey(condition), topThreshold(compared, condition.test.bound));
  }
  return population;
}

function comparing(rule: PlainRule): ComputedTest[] {
  if (isGroup(rule)) return rule.of.flatMap(comparing);
  return rule.kind === 'computed' && (rule.test.operator === 'topPercent' || isScore(rule)) ? [rule] : [];
}

/** The lowest values with the scores 2 to 5; a score that nobody has is left out from its end. */
function scoreThresholds(values: readonly number[]): number[] {
  const sorted = [...values].sort((a, b) => a - b);
  const others = Math.max(1, sorted.length - 1);
  return [2, 3, 4, 5].flatMap(
    (score) =>
      sorted.find((_, below) => Math.floor((5 * firstOf(sorted, below)) / others) + 1 >= score) ?? [],
  );
}

/** How many are below the value at an index. */
const firstOf = (sorted: readonly number[], index: number): number => {
  let first = index;
  while (first > 0 && sorted[first - 1] === sorted[index]) first -= 1;
  return first;
};

/** The value of the last rank that is within, rank - 1 < number x percent / 100. */
function topThreshold(values: readonly number[], percent: number): number[] {
  const sorted = [...values].sort((a, b) => b - a);
  const places = Math.ceil((sorted.length * Math.round(percent * 1e6)) / 1e8);
  const lowest = sorted[places - 1];
  return lowest === undefined ? [] : [lowest];
}
