import { describe, expect, it } from 'vitest';
import { parseRule } from '../../lambdas/segments/rule.ts';
import { changed, segmentName } from '../../lambdas/segments/segment.ts';

const EVENTS = ['add_to_cart', 'purchase', 'page_view'];
const problem = (rule: unknown): { message: string; field: string | undefined } => {
  try {
    parseRule(rule, EVENTS);
  } catch (error) {
    return error as { message: string; field: string };
  }
  throw new Error(`accepted ${JSON.stringify(rule)}`);
};

describe('a rule', () => {
  it.each([
    { attribute: 'grade', is: 'GOLD' },
    { attribute: 'point', atLeast: 500 },
    { attribute: 'joined', atMost: '2026-01-31' },
    { attribute: '등급', isNot: '일반' },
    { attribute: 'marketing', exists: true },
    { did: 'add_to_cart', didNot: 'purchase', inTheLastDays: 7 },
    { did: 'page_view', inTheLastDays: 30 },
  ])('of one condition is taken as it was written: %j', (rule) => {
    expect(parseRule(rule, EVENTS)).toEqual(rule);
  });

  it('with an unknown event is refused, naming it and the nearest of the plan', () => {
    expect(problem({ did: 'add_to_kart', inTheLastDays: 7 })).toMatchObject({
      code: 'validation',
      field: 'rule.did',
      message: expect.stringMatching(/"add_to_kart"; nearest: add_to_cart/),
    });
  });

  it.each([
    [{ attribute: 'grade' }, 'rule', /exactly one of is, isNot/],
    [{ attribute: 'grade', is: 'GOLD', exists: true }, 'rule', /has is, exists/],
    [{ attribute: 'grade', like: 'G%' }, 'rule.like', /rule\.like is not a known field/],
    [{ attribute: 'joined', atLeast: 'yesterday' }, 'rule.atLeast', /"yesterday"; allowed/],
    [{ did: 'purchase' }, 'rule.inTheLastDays', /is missing/],
    [{ did: 'purchase', inTheLastDays: 0 }, 'rule.inTheLastDays', />= 1/],
    [{ didNot: 'purchase', inTheLastDays: 3 }, 'rule.did', /is missing/],
    [{ all: [{ attribute: 'grade', is: 'GOLD' }] }, 'rule.all', /exactly one condition/],
    [{}, 'rule', /needs "attribute" or "did"/],
  ])('that is wrong names the place: %j', (rule, field, message) => {
    const found = problem(rule);
    expect(found.field).toBe(field);
    expect(found.message).toMatch(message);
  });
});

describe('a segment name', () => {
  it.each(['cart', '장바구니', 'a.b-c_1', '_x'])('may be %s', (name) => {
    expect(segmentName(name)).toBe(name);
  });

  it('is one name however its letters are composed', () => {
    expect(segmentName('장바구니'.normalize('NFD'))).toBe('장바구니');
  });

  it.each(['', '..', '-x', 'a b', 'a/b', 'x'.repeat(65), "a'b"])('may not be "%s"', (name) => {
    expect(() => segmentName(name)).toThrow(/allowed: 1 to 64 letters/);
  });
});

describe('a number of a rule', () => {
  it.each([2.9e230, -1e20, 1e-200])('may not be %d, which cannot be stored', (number) => {
    for (const operator of ['is', 'isNot', 'atLeast', 'atMost'])
      expect(() => parseRule({ attribute: 'point', [operator]: number }, [])).toThrow(
        new RegExp(`rule.${operator} is .*; allowed: 0, or a number`),
      );
  });

  it('may be any other', () => {
    for (const number of [0, -1.5, 2 ** 53 - 1, 1e-100])
      expect(parseRule({ attribute: 'point', atMost: number }, [])).toEqual({
        attribute: 'point',
        atMost: number,
      });
  });
});

describe('a changed segment', () => {
  const first = changed(
    undefined,
    { name: 'a', rule: { attribute: 'x', is: 1 } },
    '2026-01-01T00:00:00.000Z',
  );

  it('keeps its version when only the order of fields differs', () => {
    expect(changed(first, { name: 'a', rule: { is: 1, attribute: 'x' } }, '2026-02-01T00:00:00.000Z')).toBe(
      first,
    );
  });

  it('gets the next version for another rule or description', () => {
    const next = changed(first, { ...first, description: 'why' }, '2026-02-01T00:00:00.000Z');
    expect(next).toMatchObject({
      version: 2,
      createdAt: first.createdAt,
      updatedAt: '2026-02-01T00:00:00.000Z',
    });
  });
});
