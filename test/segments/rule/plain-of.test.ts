import { describe, expect, it } from 'vitest';
import { plainOf } from '../../../lambdas/segments/rule/plain-of.ts';
import type { Rule } from '../../../lambdas/segments/rule/rule.ts';
import { followed } from './support.ts';

const DAY_MS = 24 * 60 * 60 * 1000;
const lookups = (rules: Record<string, Rule>) => ({ segment: (name: string) => rules[name] });
const plain = (rule: object, rules: Record<string, Rule> = {}) => plainOf(rule as Rule, lookups(rules));
const event = (name: string, where: unknown[] = []) => ({ name, where });
const kept = { kind: 'kept' };

describe('a rule made plain', () => {
  it.each<[object, object]>([
    [{ did: 'purchase' }, { kind: 'count', event: event('purchase'), window: kept, atLeast: 1 }],
    [
      { did: 'purchase', times: { atMost: 3 } },
      { kind: 'count', event: event('purchase'), window: kept, atLeast: 1, atMost: 3 },
    ],
    [
      { did: 'purchase', times: { atLeast: 0, atMost: 3 } },
      { kind: 'count', event: event('purchase'), window: kept, atLeast: 0, atMost: 3 },
    ],
    [
      { didNot: '*', inTheLastDays: 90 },
      { kind: 'count', event: event('*'), window: { kind: 'last', ms: 90 * DAY_MS }, atLeast: 0, atMost: 0 },
    ],
    [
      { did: 'add_to_cart', didNot: 'purchase', inTheLastDays: 7 },
      {
        kind: 'all',
        of: [
          {
            kind: 'count',
            event: event('add_to_cart'),
            window: { kind: 'last', ms: 7 * DAY_MS },
            atLeast: 1,
          },
          {
            kind: 'count',
            event: event('purchase'),
            window: { kind: 'last', ms: 7 * DAY_MS },
            atLeast: 0,
            atMost: 0,
          },
        ],
      },
    ],
    [
      followed({ did: 'add_to_cart', within: { minutes: 30 }, inTheLastHours: 5 }, { didNot: 'purchase' }),
      followed(
        {
          kind: 'sequence',
          first: event('add_to_cart'),
          came: false,
          withinMs: 30 * 60_000,
          window: { kind: 'last', ms: 5 * 60 * 60_000 },
        },
        event('purchase'),
      ),
    ],
    [
      {
        mostRecent: 'view_item',
        where: [{ property: 'price', atLeast: 5 }],
        between: { from: '2026-01-01', to: '2026-01-31' },
      },
      {
        kind: 'last',
        event: event('view_item', [{ property: 'price', test: { operator: 'atLeast', bound: 5 } }]),
        window: { kind: 'between', from: '2026-01-01', to: '2026-01-31' },
      },
    ],
    [
      { computed: 'daysSinceLastOrder', atLeast: 30, inTheLastDays: 100 },
      {
        kind: 'computed',
        value: 'daysSinceLastOrder',
        window: { kind: 'last', ms: 100 * DAY_MS },
        test: { operator: 'atLeast', bound: 30 },
      },
    ],
    [
      { computed: 'orders', is: 2, between: { from: '2026-01-01', to: '2026-01-31' } },
      {
        kind: 'computed',
        value: 'orders',
        window: { kind: 'between', from: '2026-01-01', to: '2026-01-31' },
        test: { operator: 'is', bound: 2 },
      },
    ],
    [
      { computed: 'orders', is: 2, inTheLastHours: 5 },
      {
        kind: 'computed',
        value: 'orders',
        window: { kind: 'last', ms: 5 * 60 * 60_000 },
        test: { operator: 'is', bound: 2 },
      },
    ],
    [
      { computed: 'revenue', topPercent: 10 },
      { kind: 'computed', value: 'revenue', window: kept, test: { operator: 'topPercent', bound: 10 } },
    ],
    [
      { attribute: 'birthday', inTheLastDays: 3 },
      { kind: 'attribute', attribute: 'birthday', test: { operator: 'inTheLastDays', bound: 3 } },
    ],
    [{ list: 'vips' }, { kind: 'list', list: 'vips' }],
    [{ sql: 'SELECT 1' }, { kind: 'query', sql: 'SELECT 1' }],
    [
      { preset: 'vip', with: { percent: 5 } },
      {
        kind: 'computed',
        value: 'revenue',
        window: { kind: 'last', ms: 365 * DAY_MS },
        test: { operator: 'topPercent', bound: 5 },
      },
    ],
  ])('%j says what its short form means', (rule, expected) => {
    expect(plain(rule)).toEqual(expected);
  });

  it('has the rules of the segments it names in their place, however far', () => {
    const rules: Record<string, Rule> = {
      가: { any: [{ segment: 'b' }, { list: 'x' }] },
      b: { attribute: 'grade', is: 'GOLD' },
    };
    expect(plain({ none: [{ segment: '가'.normalize('NFD') }] }, rules)).toEqual({
      kind: 'none',
      of: [
        {
          kind: 'any',
          of: [
            { kind: 'attribute', attribute: 'grade', test: { operator: 'is', bound: 'GOLD' } },
            { kind: 'list', list: 'x' },
          ],
        },
      ],
    });
  });

  it('names the circle when segments name each other in one, and only then', () => {
    const rules: Record<string, Rule> = {
      a: { all: [{ segment: 'd' }, { segment: 'b' }] },
      b: { segment: 'c' },
      c: { none: [{ segment: 'a' }] },
      d: { list: 'x' },
    };
    expect(() => plain({ segment: 'a' }, rules)).toThrow('a → b → c → a');
    expect(() => plainOf({ segment: 'b' }, lookups(rules), 'a')).toThrow('a → b → c → a');
    expect(() => plainOf({ segment: 'me' }, lookups({}), 'me')).toThrow('me → me');
    // Named twice is no circle.
    expect(plain({ all: [{ segment: 'd' }, { segment: 'd' }] }, rules)).toBeDefined();
  });

  it('does not grow without end where segments double each other', () => {
    const rules = Object.fromEntries(
      Array.from({ length: 40 }, (_, n): [string, Rule] => [
        `s${n}`,
        n === 0 ? { list: 'x' } : { all: [{ segment: `s${n - 1}` }, { segment: `s${n - 1}` }] },
      ]),
    );
    expect(() => plain({ segment: 's39' }, rules)).toThrow(/more than 500 conditions/);
    expect(plain({ segment: 's8' }, rules)).toBeDefined();
  });

  it('is refused when segments within each other nest deeper than a statement may', () => {
    const rules = Object.fromEntries(
      Array.from({ length: 5000 }, (_, n): [string, Rule] => [
        `s${n}`,
        n === 0 ? { list: 'x' } : { any: [{ segment: `s${n - 1}` }] },
      ]),
    );
    expect(() => plain({ segment: 's4999' }, rules)).toThrow(/nested more than 100 deep/);
    expect(plain({ segment: 's100' }, rules)).toBeDefined();
  });

  it('is refused when a segment is not there', () => {
    expect(() => plain({ segment: 'gone' })).toThrow(/"gone", which is not there/);
  });
});
