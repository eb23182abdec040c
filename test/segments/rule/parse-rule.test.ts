import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Known } from '../../../lambdas/segments/rule/known.ts';
import { parseRule } from '../../../lambdas/segments/rule/parse-rule.ts';
import { plainOf } from '../../../lambdas/segments/rule/plain-of.ts';
import type { Rule } from '../../../lambdas/segments/rule/rule.ts';
import { written } from '../../../lambdas/segments/rule/written.ts';
import type { RepointError } from '../../../lambdas/shared/errors.ts';
import { followed, KNOWN, leaves, rules } from './support.ts';

const ALL = { attribute: 'grade', is: 'GOLD' };

function refusal(rule: unknown, known: Known = KNOWN): RepointError {
  try {
    parseRule(rule, known);
  } catch (error) {
    return error as RepointError;
  }
  throw new Error(`accepted ${JSON.stringify(rule)}`);
}
function problemsIn(rule: unknown): readonly { field: string; message: string }[] {
  try {
    parseRule(rule, KNOWN);
    return [];
  } catch (error) {
    return (error as RepointError).problems;
  }
}
const told = (rule: unknown, known?: Known) =>
  refusal(rule, known).problems.map(({ field, message }) => `${field} | ${message}`);

describe('a rule', () => {
  it.each([
    { attribute: 'grade', is: 'GOLD' },
    { attribute: 'birthday', atMost: '2026-01-31' },
    { attribute: '등급', in: ['골드', '은'] },
    { attribute: 'consents.push.advertising', is: true },
    { attribute: 'birthday', inMonth: 'this' },
    { attribute: 'birthday', inMonth: 12 },
    { attribute: 'birthday', inTheNextDays: 7 },
    { did: 'add_to_cart', didNot: 'purchase', inTheLastDays: 7 },
    { did: 'page_view' },
    { did: '*', inTheLastHours: 24 },
    {
      did: 'view_item',
      where: [{ property: 'category', is: 'shoes' }],
      times: { atLeast: 2, atMost: 5 },
      inTheLastDays: 30,
    },
    {
      did: 'purchase',
      where: [
        { property: 'items.category', contains: '신발' },
        { property: 'utm.source', is: 'naver' },
      ],
    },
    { did: '*', where: [{ property: 'category', exists: true }] },
    { did: 'view_item', where: [{ property: 'item_id', is: 5 }] },
    followed(
      { did: 'add_to_cart', within: { minutes: 30 }, between: { from: '2026-11-01', to: '2026-12-01' } },
      { didNot: 'purchase' },
    ),
    { first: 'purchase', inTheLastDays: 30 },
    { mostRecent: 'view_item', where: [{ property: 'category', is: 'shoes' }] },
    { computed: 'revenue', topPercent: 10, inTheLastDays: 365 },
    { computed: 'preferredCategory', is: 'shoes' },
    { none: [{ any: [ALL, { all: [ALL, { segment: 'vip-list' }] }] }, { list: 'vips' }] },
    { segment: '장바구니'.normalize('NFD') },
    { sql: 'SELECT user_id FROM events' },
    { preset: 'vip', with: { percent: 5 } },
  ])('is taken as it was written: %j', (rule) => {
    expect(parseRule(rule, KNOWN)).toBe(rule);
  });

  it('that may be written can be made plain', () => {
    fc.assert(
      fc.property(rules, (rule) => {
        expect(plainOf(parseRule(rule, KNOWN), { segment: () => ALL })).toBeDefined();
      }),
      { numRuns: 300 },
    );
  });

  it('made plain and written again is taken, and means the same', () => {
    const plain = (rule: Rule) => plainOf(rule, { segment: () => ALL });
    fc.assert(
      fc.property(rules, (rule) => {
        const meant = plain(rule);
        const again = written(meant);
        // With what named segments stand for, it may be deeper and longer than one that somebody may write.
        for (const condition of leaves(again)) expect(parseRule(condition, KNOWN)).toBe(condition);
        expect(plain(again)).toEqual(meant);
      }),
      { numRuns: 500 },
    );
  });

  it('may nest groups fifty deep and no deeper', () => {
    const nested = (depth: number): unknown => (depth === 0 ? ALL : { all: [nested(depth - 1)] });
    expect(() => parseRule(nested(50), KNOWN)).not.toThrow();
    for (const deep of [nested(51), { any: [nested(50), nested(50)] }, nested(60), nested(600)])
      expect(told(deep)).toEqual([
        expect.stringMatching(/^rule \| rule has groups nested more than 50 deep/),
      ]);
  });
});

describe('of what is wrong with a rule', () => {
  it('everything is told at once, each with its path', () => {
    const problems = told({
      all: [
        { attribute: 'gade', is: 'GOLD' },
        {
          any: [
            { did: 'purchas', times: { atLeast: 5, atMost: 2 } },
            { did: 'view_item', inTheLastDays: 800 },
          ],
        },
        {
          did: 'view_item',
          where: [
            { property: 'categry', is: 'a' },
            { property: 'price', atLeast: 'much' },
          ],
        },
        { computed: 'preferredCategory', topPercent: 10 },
        [],
      ],
    });
    expect(problems).toEqual([
      expect.stringMatching(
        /^rule\.all\.0\.attribute \| .*no member has an attribute "gade"; nearest: grade/,
      ),
      expect.stringMatching(/^rule\.all\.1\.any\.0\.did \| .*no event "purchas"; nearest: purchase/),
      expect.stringMatching(/^rule\.all\.1\.any\.0\.times \| .*at least 5 and at most 2/),
      expect.stringMatching(
        /^rule\.all\.1\.any\.1\.inTheLastDays \| .*is 800; events are kept for 730 days; allowed: at most 730/,
      ),
      expect.stringMatching(
        /^rule\.all\.2\.where\.0\.property \| .*no property "categry"; nearest: category/,
      ),
      expect.stringMatching(/^rule\.all\.2\.where\.1\.atLeast \| .*"much"; allowed: a number/),
      expect.stringMatching(/^rule\.all\.3\.topPercent \| .*is a text/),
      expect.stringMatching(/^rule\.all\.4 \| rule\.all\.4 is an array; allowed: an object/),
    ]);
  });

  it.each<[unknown, string, RegExp]>([
    [{}, 'rule', /needs one of all, any, none, attribute, did/],
    [{ atribute: 'grade', is: 'GOLD' }, 'rule', /nearest: attribute/],
    [null, 'rule', /rule is null; allowed: an object/],
    [{ all: [] }, 'rule.all', /is a list of 0; allowed: a list of 1 to 200$/],
    [{ all: [ALL], any: [ALL] }, 'rule', /all and any: those are conditions of their own/],
    [
      { attribute: 'grade', is: 'GOLD', did: 'purchase' },
      'rule',
      /attribute and did: those are conditions of their own/,
    ],
    [{ attribute: 'grade' }, 'rule', /exactly one of is, isNot/],
    [{ attribute: 'grade', is: 'GOLD', exists: true }, 'rule', /has is, exists/],
    [{ attribute: 'grade', atLest: 3 }, 'rule.atLest', /is not a known field; nearest: atLeast/],
    [
      { attribute: 'grade', is: null },
      'rule.is',
      /is null; allowed: a text of at most 2048 characters, a number, or true or false$/,
    ],
    [{ attribute: 'grade', in: [] }, 'rule.in', /allowed: a list of 1 to 500$/],
    [
      { attribute: 'birthday', atLeast: 'yesterday' },
      'rule.atLeast',
      /"yesterday"; allowed: a number, YYYY-MM-DD/,
    ],
    [{ attribute: 'birthday', atLeast: '2026-02-30' }, 'rule.atLeast', /a day that does not exist/],
    [
      { attribute: 'birthday', inMonth: 13 },
      'rule.inMonth',
      /^rule\.inMonth is 13; allowed: this, next, or a whole number from 1 to 12$/,
    ],
    [{ attribute: 'point', atLeast: 1e300 }, 'rule.atLeast', /allowed: 0, or a number/],
    [{ attribute: 'point', in: [1, 1e300] }, 'rule.in.1', /allowed: 0, or a number/],
    [{ attribute: 'grade', is: 'a\0b' }, 'rule.is', /U\+0000/],
    [
      { did: 'purchase', inTheLastDays: 0 },
      'rule.inTheLastDays',
      /is 0; allowed: a whole number of at least 1$/,
    ],
    [{ did: 'purchase', inTheLastHours: 730 * 24 + 1 }, 'rule.inTheLastHours', /kept for 730 days/],
    [{ did: 'purchase', inTheLastDays: 1, inTheLastHours: 1 }, 'rule', /at most one of them/],
    [
      { did: 'purchase', between: { from: '2026-02-01', to: '2026-01-01' } },
      'rule.between',
      /to is not before from/,
    ],
    [
      { did: 'purchase', between: { from: '2026-02-30', to: '2026-03-01' } },
      'rule.between.from',
      /does not exist; allowed: YYYY-MM-DD/,
    ],
    [
      { did: 'purchase', between: { from: '2024-01-01', to: '2026-03-01' } },
      'rule.between.from',
      /kept for 730 days; allowed: 2024-11-21 or later/,
    ],
    [{ did: 'purchase', times: { atMost: 0 } }, 'rule.times', /allowed: didNot/],
    [{ did: 'purchase', times: {} }, 'rule.times', /allowed: an object with atLeast, atMost$/],
    [{ didNot: 'purchase', times: { atLeast: 2 } }, 'rule.times', /goes with did/],
    [
      { did: 'add_to_cart', didNot: 'purchase', where: [{ property: 'price', atLeast: 1 }] },
      'rule.where',
      /did and didNot together/,
    ],
    [
      followed({ did: 'add_to_cart', times: { atLeast: 2 } }, { did: 'purchase' }),
      'rule.times',
      /beside then/,
    ],
    [
      followed({ did: 'add_to_cart' }, { did: 'purchase', didNot: 'refund' }),
      'rule.then',
      /exactly one of did, didNot/,
    ],
    [followed({ did: 'add_to_cart' }, { did: 'purchas' }), 'rule.then.did', /nearest: purchase/],
    [{ did: 'add_to_cart', within: { hours: 1 } }, 'rule.within', /goes with then/],
    [
      followed({ did: 'add_to_cart', within: { hours: 1, days: 2 } }, { did: 'purchase' }),
      'rule.within',
      /allowed: an object with exactly one of minutes, hours, days$/,
    ],
    [
      followed({ did: 'add_to_cart', within: { days: 731 } }, { did: 'purchase' }),
      'rule.within.days',
      /kept for 730 days/,
    ],
    [{ first: 'purchase', mostRecent: 'purchase' }, 'rule', /first and mostRecent/],
    [{ first: 'purchas' }, 'rule.first', /nearest: purchase/],
    [
      { did: 'sign_up', where: [{ property: 'email', is: 'a@b.c' }] },
      'rule.where.0.property',
      /only a hash is kept; allowed: exists/,
    ],
    [
      { did: 'sign_up', where: [{ property: 'name', exists: true }] },
      'rule.where.0.property',
      /nothing can be asked/,
    ],
    [
      { did: 'purchase', where: [{ property: 'items', is: 'a' }] },
      'rule.where.0.property',
      /no property "items"; nearest/,
    ],
    [
      { did: 'purchase', where: [{ property: 'revenue', inMonth: 'this' }] },
      'rule.where.0.inMonth',
      /not a known field/,
    ],
    [
      { did: 'view_item', where: [{ property: 'price', is: '5000' }] },
      'rule.where.0.is',
      /"5000", and "price" is a number; allowed: a number/,
    ],
    [
      { did: 'begin_checkout', where: [{ property: 'coupon_used', is: 'yes' }] },
      'rule.where.0.is',
      /is a boolean; allowed: a boolean/,
    ],
    [
      { did: '*', where: [{ property: 'price', contains: '5' }] },
      'rule.where.0.contains',
      /allowed: a number/,
    ],
    [
      { did: 'view_item', where: [{ property: 'price', atLest: 5 }] },
      'rule.where.0.atLest',
      /nearest: atLeast.*allowed: property, is/,
    ],
    [
      { did: 'view_item', times: { atleast: 2 } },
      'rule.times.atleast',
      /nearest: atLeast, .*allowed: atLeast, atMost/,
    ],
    [{ computed: 'revenu', atLeast: 1 }, 'rule.computed', /allowed: orders, revenue/],
    [{ computed: 'revenue' }, 'rule', /exactly one of .*topPercent/],
    [
      { computed: 'revenue', topPercent: 0 },
      'rule.topPercent',
      /is 0; allowed: a number from 0\.000001 to 100$/,
    ],
    [
      { computed: 'revenue', topPercent: 1e-7 },
      'rule.topPercent',
      /allowed: a number from 0\.000001 to 100$/,
    ],
    [{ computed: 'revenue', contains: 'a' }, 'rule.contains', /is a number/],
    [{ computed: 'revenue', is: 'much' }, 'rule.is', /allowed: a number/],
    [{ computed: 'preferredCategory', atLeast: 3 }, 'rule.atLeast', /is a text/],
    [{ computed: 'preferredCategory', is: 3 }, 'rule.is', /allowed: a text/],
    [{ computed: 'couponShare', atLeast: 50 }, 'rule.atLeast', /a share, 0 to 1/],
    [{ computed: 'recency', is: 6 }, 'rule.is', /a score, 1 to 5/],
    [{ segment: 'vip-lost' }, 'rule.segment', /no segment "vip-lost"; nearest: vip-list/],
    [{ list: 'vip' }, 'rule.list', /no list "vip"; nearest: vips/],
    [{ preset: 'vips' }, 'rule.preset', /no preset "vips"; nearest: vip/],
    [
      { preset: 'vip', with: { percent: 200 } },
      'rule.with.percent',
      /is 200; allowed: a number from 0.01 to 100/,
    ],
    [
      { preset: 'vip', with: { procent: 5 } },
      'rule.with.procent',
      /no parameter of the preset; nearest: percent/,
    ],
    [
      { preset: 'vip', with: { days: 1000 } },
      'rule',
      /preset "vip" makes a rule in which .*kept for 730 days/,
    ],
    [{ preset: 'viewed-category' }, 'rule.with.category', /is missing/],
    [
      { preset: 'birthday', with: { attribute: 'birth' } },
      'rule',
      /no member has an attribute "birth"; nearest: birthday/,
    ],
  ])('%j names the place and what is allowed', (rule, field, message) => {
    const error = refusal(rule);
    expect([error.code, error.field]).toEqual(['validation', field]);
    expect(error.message).toMatch(message);
  });

  it('each bad value is told once, with what is allowed in its place', () => {
    const value = fc.oneof(
      fc.constantFrom(null, true, '', '\0', 'x'.repeat(3000), 0, -1, 1.5, 13, 1e300, [], [null], [7, 8], {}),
      fc.jsonValue(),
    );
    const place = fc.constantFrom(
      ...['is', 'isNot', 'in', 'atLeast', 'atMost', 'contains', 'exists']
        .concat(['inMonth', 'inTheLastDays', 'inTheNextDays'])
        .map(
          (operator) =>
            [operator, (bound: unknown) => ({ attribute: 'birthday', [operator]: bound })] as const,
        ),
      ...['is', 'in', 'atLeast', 'atMost', 'contains', 'exists'].map(
        (operator) =>
          [
            `where.0.${operator}`,
            (bound: unknown) => ({ did: 'view_item', where: [{ property: 'price', [operator]: bound }] }),
          ] as const,
      ),
      ...['is', 'in', 'atLeast', 'atMost', 'exists', 'topPercent'].map(
        (operator) =>
          [operator, (bound: unknown) => ({ computed: 'couponShare', [operator]: bound })] as const,
      ),
      ...['inTheLastDays', 'inTheLastHours', 'times', 'within', 'between'].map(
        (field) =>
          [
            field,
            (bound: unknown) => followed({ did: 'view_item', [field]: bound }, { did: 'purchase' }),
          ] as const,
      ),
    );
    fc.assert(
      fc.property(place, value, ([field, ruleWith], bound) => {
        const problems = problemsIn(ruleWith(bound));
        expect(new Set(problems.map((one) => one.field)).size).toBe(problems.length);
        for (const one of problems.filter((found) => found.field === `rule.${field}`))
          expect(one.message).toMatch(/; allowed: |holds a character that is none|cannot be told beside/);
      }),
      { numRuns: 2000 },
    );
  });

  it('an analyst’s SQL is told as its checker says', () => {
    const known: Known = { ...KNOWN, checkSql: () => [{ field: 'sql', message: 'it writes' }] };
    expect(told({ sql: 'DELETE FROM events' }, known)).toEqual(['rule.sql | rule.sql: it writes']);
  });

  it('an unknown attribute counts only once members have any', () => {
    const { attributes: _, ...nobody } = KNOWN;
    expect(parseRule({ attribute: 'grad', is: 1 }, nobody)).toBeDefined();
  });

  it('names that objects have by birth are not known', () => {
    for (const name of ['constructor', '__proto__', 'toString'])
      expect(told({ did: name })).toEqual([expect.stringMatching(/no event/)]);
    expect(told({ did: 'purchase', where: [{ property: 'constructor', is: 1 }] })).toHaveLength(1);
  });

  it('is told of anything at all, without falling over', () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        fc.constantFrom('all', 'attribute', 'did', 'computed', 'preset', 'first', 'then'),
        (value, key) => {
          for (const rule of [
            value,
            { [key]: value },
            { all: [{ [key]: value }] },
            { did: 'purchase', [key]: value },
          ]) {
            try {
              parseRule(rule, KNOWN);
            } catch (error) {
              expect(error).toMatchObject({ code: 'validation' });
            }
          }
        },
      ),
      { numRuns: 300 },
    );
  });
});
