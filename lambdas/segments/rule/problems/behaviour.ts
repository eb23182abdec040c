import type { Problem } from '../../../shared/errors.ts';
import type { Known } from '../known.ts';
import type { BehaviourCondition, EdgeCondition } from '../rule.ts';
import { eventProblems, filterProblems } from './filter.ts';
import { windowProblems } from './window.ts';

/** `did`, `didNot`, and what goes with them. */
export function behaviourProblems(condition: BehaviourCondition, known: Known, at: string): Problem[] {
  const { did, didNot, then } = condition;
  const named = (['did', 'didNot'] as const).flatMap((key) => {
    const name = condition[key];
    return name === undefined ? [] : eventProblems(name, known, `${at}.${key}`);
  });
  return [
    ...named,
    ...togetherProblems(condition, at),
    ...filterProblems(did ?? didNot, condition, known, at),
    ...timesProblems(condition, at),
    ...(then === undefined ? [] : thenProblems(then, known, `${at}.then`)),
    ...withinProblems(condition, known, at),
    ...windowProblems(condition, known, at),
  ];
}

/** What cannot be said of one condition at once. */
function togetherProblems(
  { did, didNot, where, times, then, within }: BehaviourCondition,
  at: string,
): Problem[] {
  const more = Object.entries({ where, times, then, within }).flatMap(([name, value]) =>
    value === undefined ? [] : [name],
  );
  if (did !== undefined && didNot !== undefined)
    return more.map((name) => ({
      field: `${at}.${name}`,
      message: `${at}.${name} cannot be told for did and didNot together: put the two into all, each with its own`,
    }));
  if (didNot !== undefined)
    return more
      .filter((name) => name !== 'where')
      .map((name) => ({ field: `${at}.${name}`, message: `${at}.${name} goes with did, not with didNot` }));
  if (then !== undefined && times !== undefined)
    return [
      {
        field: `${at}.times`,
        message: `${at}.times cannot be told beside then: one event that is followed is enough`,
      },
    ];
  return within !== undefined && then === undefined
    ? [{ field: `${at}.within`, message: `${at}.within goes with then: it says how soon that came` }]
    : [];
}

function timesProblems({ times }: BehaviourCondition, at: string): Problem[] {
  if (times === undefined) return [];
  const { atLeast = 1, atMost } = times;
  if (atMost === undefined || atLeast <= atMost) return [];
  const field = `${at}.times`;
  if (times.atLeast === undefined)
    return [
      {
        field,
        message: `${field}.atMost is 0, and did means at least once; allowed: didNot, or atLeast 0 as well`,
      },
    ];
  return [
    {
      field,
      message: `${field} is at least ${atLeast} and at most ${atMost}; allowed: atLeast is not more than atMost`,
    },
  ];
}

function thenProblems(then: NonNullable<BehaviourCondition['then']>, known: Known, at: string): Problem[] {
  const { did, didNot } = then;
  if ((did === undefined) === (didNot === undefined))
    return [{ field: at, message: `${at} needs exactly one of did, didNot` }];
  return [
    ...eventProblems(did ?? didNot ?? '', known, `${at}.${did === undefined ? 'didNot' : 'did'}`),
    ...filterProblems(did ?? didNot, then, known, at),
  ];
}

const PER_DAY = { minutes: 24 * 60, hours: 24, days: 1 } as const;

function withinProblems(
  { within = {} }: BehaviourCondition,
  { retentionDays }: Known,
  at: string,
): Problem[] {
  return (['minutes', 'hours', 'days'] as const).flatMap((unit) => {
    const [value, most] = [within[unit], retentionDays * PER_DAY[unit]];
    if (value === undefined || value <= most) return [];
    const field = `${at}.within.${unit}`;
    return [
      {
        field,
        message: `${field} is ${value}; events are kept for ${retentionDays} days; allowed: at most ${most}`,
      },
    ];
  });
}

/** The first or most recent event of a name. */
export function edgeProblems(condition: EdgeCondition, known: Known, at: string): Problem[] {
  const [key, name] =
    'first' in condition ? ['first', condition.first] : ['mostRecent', condition.mostRecent];
  return [
    ...eventProblems(name, known, `${at}.${key}`),
    ...filterProblems(name, condition, known, at),
    ...windowProblems(condition, known, at),
  ];
}
