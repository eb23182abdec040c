import { describe, expect, it } from 'vitest';
import type { Definition } from '../../../lambdas/campaigns/campaign.ts';
import type { Content } from '../../../lambdas/campaigns/content.ts';
import { longestCode } from '../../../lambdas/campaigns/coupons/longest-code.ts';
import { audienceCheck } from '../../../lambdas/campaigns/personalisation/check-audience.ts';
import { reachedBy } from '../../../lambdas/campaigns/personalisation/reached-by.ts';
import { sentContent } from '../../../lambdas/campaigns/personalisation/sent-content.ts';
import { profileAttributes } from '../../../lambdas/campaigns/personalisation/survey.ts';
import { variables } from '../../../lambdas/campaigns/personalisation/variables.ts';
import { withNotices } from '../../../lambdas/campaigns/policy/label.ts';
import { kakaoProblems, renderedProblems } from '../../../lambdas/channels/index.ts';
import { profileOf } from '../../../lambdas/members/member-profile.ts';
import type { DottedValues } from '../../../lambdas/shared/rendering/part.ts';
import { policyOf } from '../support/parts.ts';
import { ctxAt } from '../support/worlds.ts';
import { MOMENT } from './support/rendered.ts';
import { memoryMembers, says } from './support/worlds.ts';

type People = Readonly<Record<string, Readonly<Record<string, readonly string[]>>>>;
const LIST = 's3://work/segments/all/1/';

/** What a send of these contents would make of these people; `drawn` of them are looked at. */
function judged(
  people: People,
  definition: Definition,
  { drawn = Object.keys(people), given = {} }: { drawn?: readonly string[]; given?: DottedValues } = {},
) {
  const read: string[] = [];
  const { attributes, personal } = memoryMembers(people);
  const check = audienceCheck({
    personal,
    attributes: () => attributes,
    sent: async ({ missing, defaults, channel, policy }, content) =>
      sentContent(content, { missing, defaults }, variables(), (plain) =>
        withNotices(plain, { channel, policy, law: policyOf().law }),
      ),
    list: async (url) => {
      read.push(url);
      return { sample: drawn };
    },
    given: async () => given,
    kakao: (content) => renderedProblems(content as never),
    moment: () => MOMENT,
  });
  const members = Object.keys(people).length;
  const verdict = check
    .of(ctxAt(0), definition, { url: LIST, members })
    .then(({ tooLong, ...counts }) => ({ ...counts, tooLong: tooLong.map(({ why }) => why) }));
  return { read, verdict };
}

const crowd = (count: number): Record<string, { name: string[] }> =>
  Object.fromEntries(Array.from({ length: count }, (_, index) => [`u${index}`, { name: ['홍길동'] }]));
const title = (graphemes: number): Content => ({
  title: `${'가'.repeat(graphemes - 3)}#{회원 이름}`,
  message: 'x',
});

describe('whose values count', () => {
  const { attributes: _, ...reach } = profileOf({
    ...{
      userId: 'kim',
      pushTokens: [{ platform: 'FCM' as const, token: 't' }],
      texts: { phone: '+821012345678' },
    },
    consents: { push: { advertising: { granted: true, at: '', how: '' } } },
  });
  it.each<[Definition['channel'], Definition['purpose'], boolean]>([
    ['push', 'advertising', true],
    ['push', 'informational', true],
    ['sms', 'advertising', false],
    ['sms', 'informational', true],
    ['email', 'informational', false],
    ['kakao', 'informational', false],
    ['custom', 'advertising', true],
  ])(
    'of a member with push and phone, who agreed to advertising by push: %s, %s',
    (channel, purpose, gets) => {
      expect(reachedBy({ channel, purpose })(reach)).toBe(gets);
    },
  );

  it('are those of members whom the campaign reaches', async () => {
    const profile = (name: string, pushed: number) => ({
      ...{ ...reach, addresses: { ...reach.addresses, push: pushed } },
      attributes: { name: [name] },
    });
    const profiles = {
      batch: async () =>
        new Map([
          ['a', profile('가', 1)],
          ['b', profile('나', 0)],
        ]),
    };
    const wanted = reachedBy({ channel: 'push', purpose: 'advertising' });
    expect(await profileAttributes(profiles, wanted).batch(['a', 'b'])).toEqual(
      new Map([['a', { name: ['가'] }]]),
    );
  });
});

describe('the texts of a send for the members it is about to go to', () => {
  it('finds the one of thousands whose name makes the title too long, and says whose, how long, and what is allowed', async () => {
    const people = { ...crowd(4000), long: { name: ['가'.repeat(30)] } };
    const { tooLong, ...rest } = await judged(people, says(title(190))).verdict;
    expect(rest).toEqual({ looked: 4001, sampled: false, defaulted: 0, skipped: 0 });
    expect(tooLong).toEqual([
      'title has 217 characters; at most 200 are allowed (member long, 1 of 4001 members)',
    ]);
  });

  it('lets pass what is exactly as long as allowed, families of emoji as one character each', async () => {
    const people = { at: { name: ['👨‍👩‍👧‍👦'.repeat(13)] } };
    expect((await judged(people, says(title(190))).verdict).tooLong).toEqual([]);
    const over = { at: { name: ['👨‍👩‍👧‍👦'.repeat(14)] } };
    expect((await judged(over, says(title(190))).verdict).tooLong[0]).toContain('title has 201 characters');
  });

  it('counts label and opt-out text toward the limit', async () => {
    const carries = { label: true, optOutText: '무료수신거부 080', night: 'hold' as const };
    const message = `${'가'.repeat(1600 - 3 - '(광고) '.length - '\n무료수신거부 080'.length)}#{회원 이름}`;
    const definition = { ...says({ message }), channel: 'sms' as const, policy: carries };
    expect((await judged({ a: { name: ['홍길동'] } }, definition).verdict).tooLong).toEqual([]);
    expect((await judged({ a: { name: ['홍길동이'] } }, definition).verdict).tooLong[0]).toContain(
      'message has 1601 characters',
    );
  });

  it('looks into every branch that some member takes, not only into those of the longest values', async () => {
    const content = {
      title: `{{#if User.UserAttributes.vip}}${'가'.repeat(201)}{{else}}short{{/if}}`,
      message: '#{회원 이름}',
    };
    const people = { a: { name: ['홍길동길동'] }, b: { name: ['홍'], vip: ['1'] } };
    expect((await judged(people, says(content)).verdict).tooLong[0]).toContain('member b, 1 of 2 members');
  });

  it('names the variant, and counts those who get defaults or nothing by the share of each', async () => {
    const definition = {
      ...says(title(190), { missing: 'default', defaults: { '#{회원 이름}': '고객' } }),
      variants: [
        { id: '0', name: 'A', weight: 7500, content: title(190) },
        { id: '1', name: '둘째', weight: 2500, content: { title: '#{회원 속성_grade}', message: 'x' } },
      ],
    };
    const people = { a: { name: ['가'.repeat(20)] }, b: {}, c: {}, d: {} };
    const { tooLong, ...counts } = await judged(people, definition).verdict;
    expect(tooLong).toEqual([
      'variant "A": title has 207 characters; at most 200 are allowed (member a, 1 of 4 members)',
    ]);
    // Of A three get the default; of the other variant all four are left out.
    expect(counts).toEqual({ looked: 4, sampled: false, defaulted: 2, skipped: 1 });
  });

  it('does not hold a send for who gets nothing, nor for who is no member any more', async () => {
    const content = { ...title(190), message: '#{회원 속성_grade}' };
    const people = { a: { name: ['가'.repeat(60)] }, b: { name: ['홍길동'], grade: ['GOLD'] } };
    const { verdict } = judged(people, says(content), { drawn: ['a', 'b', 'gone'] });
    expect(await verdict).toMatchObject({ looked: 2, skipped: 1, tooLong: [] });
  });

  it('takes its counts from those who were drawn to all, and says so', async () => {
    const people = { ...crowd(999), long: { name: ['가'.repeat(30)] } };
    const definition = says(title(190), { missing: 'default', defaults: { '#{회원 이름}': '고객' } });
    const { verdict } = judged({ ...people, nameless: {} }, definition, {
      drawn: ['u1', 'long', 'nameless', 'u2'],
    });
    const { tooLong, ...counts } = await verdict;
    expect(counts).toEqual({ looked: 4, sampled: true, defaulted: 250, skipped: 0 });
    expect(tooLong[0]).toContain('member long, 1 of the 4 of 1001 members looked at');
  });

  it('reads nobody for texts that are the same for all, and judges them all the same', async () => {
    const plain = judged(crowd(3), says({ title: '가'.repeat(201), message: 'x' }));
    expect((await plain.verdict).tooLong).toEqual([
      'title has 201 characters; at most 200 are allowed (everybody)',
    ]);
    expect(plain.read).toEqual([]);
  });

  it('judges every limit of Kakao at its length and one over, after substitution', async () => {
    const image = 'https://cdn.example.com/a.jpg';
    const card = (text: string, titled: string, label: string) => ({
      image,
      title: titled,
      text,
      buttons: [{ label, link: 'https://shop.example.com/#{회원 아이디}' }],
    });
    const carousel = (length: { title: number; text: number; label: number }) => {
      const one = (field: keyof typeof length) => `${'가'.repeat(length[field] - 2)}#{회원 이름}`;
      const kakao = {
        kind: 'carousel',
        cards: [card('본문', '제목', '보기'), card(one('text'), one('title'), one('label'))],
      };
      expect(kakaoProblems(kakao)).toEqual([]);
      return { ...says({ kakao }), channel: 'kakao' as const };
    };
    const LIMITS = { title: 20, text: 180, label: 8 };
    const person = { u1: { name: ['홍길'] } };
    expect((await judged(person, carousel(LIMITS)).verdict).tooLong).toEqual([]);
    for (const [field, at] of [
      ['title', 'cards.1.title'],
      ['text', 'cards.1.text'],
      ['label', 'cards.1.buttons.0.label'],
    ] as const) {
      const most = LIMITS[field];
      const { tooLong } = await judged(person, carousel({ ...LIMITS, [field]: most + 1 })).verdict;
      expect(tooLong).toEqual([
        `kakao.${at} has ${most + 1} characters; at most ${most} are allowed (member u1, 1 of 1 members)`,
      ]);
    }
  });

  it('counts a coupon at the length of the codes in the pool', async () => {
    const given = await longestCode({ free: async () => ['A1', 'WINTER-2026'] })({
      coupon: { pool: 'winter' },
    });
    const definition = says({ title: `${'가'.repeat(190)}#{쿠폰}`, message: 'x' });
    expect((await judged(crowd(1), definition, { given }).verdict).tooLong[0]).toContain('201 characters');
    expect(await longestCode({ free: async () => [] })({ coupon: { pool: 'empty' } })).toEqual({});
  });
});
