import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Content } from '../../../lambdas/campaigns/content.ts';
import { judgeLengths } from '../../../lambdas/campaigns/personalisation/judge-lengths.ts';
import { lengthProblems } from '../../../lambdas/campaigns/personalisation/lengths.ts';
import { compileContent } from '../../../lambdas/campaigns/personalisation/render-content.ts';
import { sentContent } from '../../../lambdas/campaigns/personalisation/sent-content.ts';
import { type Survey, surveyAudience } from '../../../lambdas/campaigns/personalisation/survey.ts';
import { variables } from '../../../lambdas/campaigns/personalisation/variables.ts';
import { graphemes } from '../../../lambdas/shared/graphemes.ts';
import { MOMENT } from './support/rendered.ts';
import { memoryMembers, says } from './support/worlds.ts';

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
        const texts = sent(
          { title: '#{회원 이름}', message: '#{상품명_최근 본 상품}' },
          {
            missing,
            defaults: { '#{회원 이름}': '고객' },
          },
        );
        const [survey = surveyOf({})] = await surveyAudience(deps, { members: ids.length, userIds: ids }, [
          texts,
        ]);
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

  it('says when it saw a part of the audience, and looks at everybody for each variant once', async () => {
    const asked: string[] = [];
    const { attributes, personal } = memoryMembers({ u1: { name: ['홍'] }, u2: {} });
    const deps = {
      personal,
      attributes: {
        batch: (userIds: readonly string[]) => {
          asked.push(...userIds);
          return attributes.batch(userIds);
        },
      },
    };
    const texts = [
      sent({ title: '#{회원 이름}', message: 'x' }),
      sent({ title: '#{회원 아이디}', message: 'x' }),
    ];
    const surveys = await surveyAudience(deps, { members: 9, userIds: ['u1', 'u2'] }, texts);
    expect(surveys).toMatchObject([
      { looked: 2, skipped: 1, sampled: true },
      { looked: 2, skipped: 0, sampled: true },
    ]);
    expect(asked).toEqual(['u1', 'u2']);
  });

  it('counts nobody who is no member any more, and tells which values it cannot see', async () => {
    const deps = memoryMembers({ u1: { name: ['홍'] } });
    const texts = sent({ title: '#{회원 이름} {{Location.City}} #{쿠폰}', message: 'x' });
    const audience = { members: 2, userIds: ['u1', 'gone'] };
    const given = { 'Attributes.coupon': ['WINTER-0001'] };
    const [survey = surveyOf({})] = await surveyAudience(deps, audience, [texts], given);
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

describe('a campaign before it goes out', () => {
  it('is judged variant by variant, by the field of each', async () => {
    const title = (text: string, id: string) => ({
      id,
      name: id,
      weight: 5000,
      content: { title: text, message: 'x' },
    });
    const variants = [title('#{회원 이름}', '0'), title(`${'x'.repeat(190)}#{회원 이름}`, '1')];
    const deps = {
      ...memoryMembers({ u1: { name: ['가'.repeat(30)] } }),
      sent: async (_: unknown, content: Content) => sent(content),
      variables: VARIABLES,
      kakao: () => [],
      moment: () => MOMENT,
    };
    const ctx = { actor: 'a', requestId: 'r', now: MOMENT.now, deadline: MOMENT.now };
    const audience = { members: 1, userIds: ['u1'] };
    expect(await judgeLengths(deps, ctx, says({}, { variants }), audience)).toMatchObject({
      looked: 1,
      sampled: false,
      problems: [{ field: 'variants.1.title' }],
    });
  });

  it('finds the branch that only members with short values take', async () => {
    const content = {
      title: `{{#eq User.UserAttributes.grade 'A'}}${'가'.repeat(201)}{{else}}short{{/eq}} #{회원 이름}`,
      message: 'x',
    };
    const { attributes, personal } = memoryMembers({
      u1: { name: ['홍길동'], grade: ['PLATINUM'] },
      u2: { name: ['김'], grade: ['A'] },
    });
    const deps = {
      ...{ attributes, personal, variables: VARIABLES, kakao: () => [], moment: () => MOMENT },
      sent: async (_: unknown, own: Content) => sent(own),
    };
    const ctx = { actor: 'a', requestId: 'r', now: 0, deadline: 0 };
    const { problems } = await judgeLengths(deps, ctx, says(content), { members: 2, userIds: ['u1', 'u2'] });
    expect(problems).toEqual([
      { field: 'title', message: 'title has 203 characters; at most 200 are allowed (member u2)' },
    ]);
  });
});
