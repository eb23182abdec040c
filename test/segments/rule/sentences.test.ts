import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { plainOf } from '../../../lambdas/segments/rule/plain-of.ts';
import type { Rule } from '../../../lambdas/segments/rule/rule.ts';
import { numberText } from '../../../lambdas/segments/rule/sentences/amounts.ts';
import { withParticle } from '../../../lambdas/segments/rule/sentences/particles.ts';
import { sentencesOf } from '../../../lambdas/segments/rule/sentences/sentences.ts';
import { simplified } from '../../../lambdas/segments/rule/sentences/simplify.ts';
import { followed, leaves, rules } from './support.ts';

const said = (rule: object) => sentencesOf(rule as Rule);

/** What the rule means, whatever it is written as; a named segment stands for itself. */
const meaning = (rule: Rule): string =>
  JSON.stringify(plainOf(simplified(rule), { segment: (name) => ({ list: `segment ${name}` }) }));

/** Texts and numbers that are named in a condition, as both languages write them. */
function named(node: unknown, key = ''): string[] {
  if (['computed', 'preset', 'with', 'between', 'inMonth', 'times'].includes(key)) return [];
  if (typeof node === 'number') return key === 'atLeast' && node === 0.5 ? [] : [numberText(node)];
  if (typeof node === 'string') return /^\d{4}-/.test(node) || node === '*' ? [] : [node];
  if (typeof node !== 'object' || node === null) return [];
  return Object.entries(node).flatMap(([name, value]) => named(value, Array.isArray(node) ? key : name));
}

describe('a rule read aloud', () => {
  it.each<[object, string, string]>([
    [
      {
        all: [
          { attribute: '등급', is: 'GOLD' },
          { did: 'purchase', times: { atLeast: 2 }, inTheLastDays: 30 },
        ],
      },
      '등급이 ‘GOLD’이고 최근 30일 동안 구매(purchase)를 2번 이상 한 회원입니다.',
      'Members whose 등급 is “GOLD”, and who did “purchase” at least 2 times in the last 30 days.',
    ],
    [
      {
        all: [
          {
            any: [
              { attribute: 'grade', is: 'VIP' },
              { attribute: 'point', atLeast: 12500 },
            ],
          },
          { didNot: '*', inTheLastDays: 90 },
        ],
      },
      '(grade가 ‘VIP’이거나 point가 12,500 이상인 경우)에 해당하고 최근 90일 동안 활동을 하지 않은 회원입니다.',
      'Members who are among those (whose grade is “VIP”, or whose point is at least 12,500), and who were not active in the last 90 days.',
    ],
    [
      followed(
        {
          did: 'add_to_cart',
          where: [{ property: 'price', atLeast: 1000 }],
          within: { minutes: 30 },
          inTheLastHours: 24,
        },
        { didNot: 'purchase' },
      ),
      '최근 24시간 동안 price가 1,000 이상인 장바구니 담기(add_to_cart)를 한 뒤에 30분 안에 구매(purchase)를 하지 않은 회원입니다.',
      'Members who did “add to cart” (where price is at least 1,000) in the last 24 hours and did not do “purchase” within 30 minutes afterwards.',
    ],
    [
      { none: [{ segment: '직원' }] },
      '(‘직원’ 세그먼트에 있는 경우)에 해당하지 않는 회원입니다.',
      'Members who are not among those (who are in the segment “직원”).',
    ],
    [
      { did: 'view_item', didNot: 'purchase', inTheLastDays: 7 },
      '최근 7일 동안 상품 조회(view_item)는 했지만 구매(purchase)는 하지 않은 회원입니다.',
      'Members who did “view item” but did not do “purchase” in the last 7 days.',
    ],
    [
      { preset: 'vip', with: { percent: 5 } },
      '‘VIP’ 프리셋(최근 365일 동안의 매출이 상위 5%인 경우)에 해당하는 회원입니다.',
      'Members who match the preset “VIP” (whose revenue in the last 365 days is among the top 5%).',
    ],
    [
      { first: 'my_event', between: { from: '2026-01-01', to: '2026-01-31' } },
      '첫 ‘my_event’가 2026년 1월 1일부터 2026년 1월 31일까지 있었던 회원입니다.',
      'Members whose first “my event” was from January 1, 2026 to January 31, 2026.',
    ],
    [
      { attribute: 'nick’s “name”', is: 'a’b”c' },
      '‘nick’’s “name”’이 ‘a’’b”c’인 회원입니다.',
      'Members whose “nick’s “name””” is “a’b””c”.',
    ],
  ])('%j', (rule, ko, en) => {
    expect(said(rule)).toEqual({ ko, en });
  });

  it('names everything that it names', () => {
    fc.assert(
      fc.property(rules, (rule) => {
        const { ko, en } = sentencesOf(rule);
        for (const leaf of leaves(rule))
          for (const name of named(leaf)) {
            expect(ko).toContain(name);
            // Names of events are read without their underscores.
            expect([en, en.replaceAll(' ', '_')].some((text) => text.includes(name))).toBe(true);
          }
      }),
      { numRuns: 500 },
    );
  });

  it('is said as no other rule is', () => {
    const meanings = new Map<string, string>();
    fc.assert(
      fc.property(rules, (rule) => {
        for (const sentence of Object.values(sentencesOf(rule))) {
          const before = meanings.get(sentence);
          if (before !== undefined) expect(before).toBe(meaning(rule));
          meanings.set(sentence, meaning(rule));
        }
      }),
      { numRuns: 3000 },
    );
  });

  it('tells groups in groups apart', () => {
    const [a, b, c] = ['a', 'b', 'c'].map((attribute) => ({ attribute, exists: true }));
    const kinds = ['all', 'any', 'none'];
    const shapes = kinds.flatMap((outer) => [
      { [outer]: [a, b, c] },
      ...kinds.flatMap((inner) => [
        { [outer]: [{ [inner]: [a, b] }, c] },
        { [outer]: [a, { [inner]: [b, c] }] },
      ]),
    ]) as unknown as Rule[];
    for (const language of ['ko', 'en'] as const) {
      const meant = new Set(shapes.map(meaning));
      expect(new Set(shapes.map((shape) => sentencesOf(shape)[language])).size).toBe(meant.size);
    }
  });
});

describe('a Korean particle', () => {
  it.each([
    ['등급', '등급이', '등급을', '등급은'],
    ['나이', '나이가', '나이를', '나이는'],
    ['포인트', '포인트가', '포인트를', '포인트는'],
    ['‘서울’', '‘서울’이', '‘서울’을', '‘서울’은'],
    ['grade', 'grade가', 'grade를', 'grade는'],
    ['name', 'name이', 'name을', 'name은'],
    ['timeZone', 'timeZone이', 'timeZone을', 'timeZone은'],
    ['email', 'email이', 'email을', 'email은'],
    ['type', 'type이', 'type을', 'type은'],
    ['price', 'price가', 'price를', 'price는'],
    ['VIP', 'VIP가', 'VIP를', 'VIP는'],
    ['CRM', 'CRM이', 'CRM을', 'CRM은'],
    ['1', '1이', '1을', '1은'],
    ['2', '2가', '2를', '2는'],
    ['1,000', '1,000이', '1,000을', '1,000은'],
    ['50%', '50%가', '50%를', '50%는'],
    ['☆', '☆이(가)', '☆을(를)', '☆은(는)'],
  ])('fits the end of %s', (word, subject, object, topic) => {
    expect([withParticle(word, '이/가'), withParticle(word, '을/를'), withParticle(word, '은/는')]).toEqual([
      subject,
      object,
      topic,
    ]);
  });
});
