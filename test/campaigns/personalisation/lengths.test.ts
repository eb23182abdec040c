import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Content } from '../../../lambdas/campaigns/content.ts';
import { lengthProblems } from '../../../lambdas/campaigns/personalisation/lengths.ts';
import { compileContent } from '../../../lambdas/campaigns/personalisation/render-content.ts';
import { sentContent } from '../../../lambdas/campaigns/personalisation/sent-content.ts';
import {
  MOST_LOOKED_AT,
  type Survey,
  surveyAudience,
} from '../../../lambdas/campaigns/personalisation/survey.ts';
import { variables } from '../../../lambdas/campaigns/personalisation/variables.ts';
import { graphemes } from '../../../lambdas/shared/graphemes.ts';
import { MOMENT } from './support/rendered.ts';
import { audienceOf, memoryMembers, says } from './support/worlds.ts';

const VARIABLES = variables();
const NAME = 'User.UserAttributes.name';
const ITEM = 'Attributes.last_viewed_name';

const surveyOf = (survey: Partial<Survey>): Survey => ({
  longest: new Map(),
  heaviest: new Map(),
  looked: 0,
  sampled: false,
  skipped: 0,
  defaulted: 0,
  lacking: new Map(),
  unseen: [],
  ...survey,
});
const problemsOf = (content: Content, survey: Survey, channel: 'push' | 'sms' | 'kakao' = 'push') =>
  lengthProblems({
    channel,
    content,
    survey,
    moment: MOMENT,
    variables: VARIABLES,
    kakao: (kakao) =>
      graphemes(String(kakao['text'])) > 20 ? [{ field: 'kakao.text', message: 'too long' }] : [],
  });

const sent = (content: Content, rest = {}) =>
  sentContent(content, says(content, rest), VARIABLES, (whole) => whole);

describe('a survey of an audience', () => {
  const name = fc.option(fc.string({ unit: fc.constantFrom('가', '👨‍👩‍👧', 'a'), maxLength: 6 }));
  const people = fc.array(fc.record({ name, item: name }), { minLength: 1, maxLength: 30 });

  it('finds the longest value of each variable among those who get the message, and counts the others', async () => {
    await fc.assert(
      fc.asyncProperty(people, fc.constantFrom('skip', 'default' as const), async (all, missing) => {
        const ids = all.map((_, index) => `u${index}`);
        const deps = memoryMembers(
          Object.fromEntries(
            all.map((one, index) => [`u${index}`, one.name === null ? {} : { name: [one.name] }]),
          ),
          Object.fromEntries(
            all.map((one, index) => [`u${index}`, one.item === null ? {} : { [ITEM]: [one.item] }]),
          ),
        );
        const { needs, rule } = sent(
          { title: '#{회원 이름}', message: '#{상품명_최근 본 상품}' },
          {
            missing,
            defaults: { '#{회원 이름}': '고객' },
          },
        );
        const survey = await surveyAudience(deps, audienceOf(ids), needs, rule);
        const gets = all.filter((one) => one.item && (missing === 'default' || one.name));
        expect(survey.looked).toBe(all.length);
        expect(survey.skipped).toBe(all.length - gets.length);
        expect(survey.defaulted).toBe(gets.filter((one) => !one.name).length);
        expect(survey.lacking.get(ITEM) ?? 0).toBe(all.filter((one) => !one.item).length);
        const longest = Math.max(
          -1,
          ...gets.flatMap((one) => (one.item === null ? [] : [graphemes(one.item)])),
        );
        expect(survey.longest.get(ITEM)?.length ?? -1).toBe(longest);
        const heaviest = Math.max(
          -1,
          ...gets.flatMap((one) => (one.item === null ? [] : [Buffer.byteLength(one.item)])),
        );
        expect(survey.heaviest.get(ITEM)?.length ?? -1).toBe(heaviest);
      }),
      { numRuns: 60 },
    );
  });

  it('looks at about as many as it may of an audience that is larger, and says so', async () => {
    const ids = Array.from({ length: 4000 }, (_, index) => `member-${index}`);
    const deps = memoryMembers(Object.fromEntries(ids.map((id) => [id, { name: ['x'] }])));
    const { needs, rule } = sent({ title: '#{회원 이름}', message: 'x' });
    const survey = await surveyAudience(deps, audienceOf(ids, MOST_LOOKED_AT * 4), needs, rule);
    expect(survey.sampled).toBe(true);
    expect(survey.looked).toBeGreaterThan(700);
    expect(survey.looked).toBeLessThan(1300);
  });

  it('counts nobody who is no member any more, and tells which values it cannot see', async () => {
    const deps = memoryMembers({ u1: { name: ['홍'] } });
    const { needs, rule } = sent({ title: '#{회원 이름} {{Location.City}} #{쿠폰}', message: 'x' });
    const survey = await surveyAudience(deps, audienceOf(['u1', 'gone']), needs, rule, {
      'Attributes.coupon': ['WINTER-0001'],
    });
    expect(survey).toMatchObject({ looked: 1, skipped: 0, unseen: ['Location.City'], sampled: false });
    expect(survey.longest.get('Attributes.coupon')?.length).toBe(11);
  });
});

describe('limits after substitution', () => {
  const long = { userId: 'u7', value: '가'.repeat(50), length: 50 };
  const longest = new Map([[NAME, long]]);
  const heavy = new Map([[NAME, { ...long, length: 150 }]]);

  it('are judged with the longest values of the audience, and the problem names them', () => {
    const { content } = sent({ title: `${'x'.repeat(160)}#{회원 이름}`, message: 'x' });
    expect(problemsOf(content, surveyOf({ longest, heaviest: heavy }))).toEqual([
      {
        field: 'title',
        message:
          'title has up to 210 characters with the longest values: #{회원 이름} 50 (member u7); at most 200 are allowed',
      },
    ]);
    expect(problemsOf(content, surveyOf({ longest: new Map([[NAME, { ...long, value: '가' }]]) }))).toEqual(
      [],
    );
  });

  it('say when only a part of the audience was looked at', () => {
    const { content } = sent({ title: `${'x'.repeat(160)}#{회원 이름}`, message: 'x' });
    const [problem] = problemsOf(content, surveyOf({ longest, sampled: true, looked: 49_871 }));
    expect(problem?.message).toContain('49871 members were looked at');
  });

  it('count a default that is longer than any value', () => {
    const { content } = sent(
      { title: `${'x'.repeat(190)}#{회원 이름}`, message: 'x' },
      { missing: 'default', defaults: { '#{회원 이름}': '소중한 고객님께 드리는 말씀' } },
    );
    const survey = surveyOf({ longest: new Map([[NAME, { userId: 'u1', value: '홍', length: 1 }]]) });
    expect(problemsOf(content, survey).map(({ field }) => field)).toEqual(['title']);
  });

  it('hold for the push as a whole in bytes', () => {
    const content = { title: 'x', message: '가'.repeat(600) };
    expect(problemsOf(content, surveyOf({}))[0]?.message).toBe(
      'the push as a whole has up to 3602 bytes; at most 3396 are allowed',
    );
  });

  it('are never broken by a member’s message when no problem was found', () => {
    const value = fc.string({ unit: fc.constantFrom('가', '👨‍👩‍👧', 'a', ' '), maxLength: 30 });
    fc.assert(
      fc.property(fc.array(value, { minLength: 1, maxLength: 5 }), fc.nat(200), (values, padding) => {
        const { content } = sent({ title: `${'x'.repeat(padding)}#{회원 이름}#{회원 이름}`, message: 'x' });
        const most = values.reduce((a, b) => (graphemes(b) > graphemes(a) ? b : a));
        const known = new Map([[NAME, { userId: 'u', value: most, length: graphemes(most) }]]);
        const found = problemsOf(content, surveyOf({ longest: known }));
        const titles = values.map(
          (own) => compileContent(content).render({ [NAME]: [own] }, MOMENT).title ?? '',
        );
        const tooLong = titles.some((title) => graphemes(title) > 200);
        expect(found.some(({ field }) => field === 'title')).toBe(tooLong);
      }),
    );
  });

  it('are Kakao’s own for its messages, and say nothing of a part with a value that nobody knows', () => {
    const kakao = (text: string) => sent({ kakao: { kind: 'text', text } }).content;
    const survey = surveyOf({ longest });
    expect(problemsOf(kakao('안녕하세요 #{회원 이름}'), survey, 'kakao')).toEqual([
      { field: 'kakao.text', message: 'too long' },
    ]);
    expect(problemsOf(kakao('{{Location.City}}의 #{회원 이름}'), survey, 'kakao')).toEqual([]);
  });
});
